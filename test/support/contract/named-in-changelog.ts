/** Answers the changes that the unreleased part of a CHANGELOG names under `### Breaking`, each in backquotes. */
export const namedBreaking = (changelog: string): ReadonlySet<string> => {
  const unreleased = /^## \[Unreleased\]\n([^]*?)(?=^## |(?![^]))/m.exec(changelog)?.[1] ?? '';
  const breaking = /^### Breaking\n([^]*?)(?=^### |(?![^]))/m.exec(unreleased)?.[1] ?? '';
  return new Set([...breaking.matchAll(/^- `([^`]+)`/gm)].map(([, path = '']) => path));
};
