/** Characters that RFC 8187 lets stand as they are. */
const escaped = (name: string): string =>
  encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Answers a `Content-Disposition`. A name beyond plain ASCII is in it in full, and in ASCII for clients that know no other. */
export const contentDisposition = (kind: 'inline' | 'attachment', name: string | null): string => {
  if (name === null) return kind;
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const header = `${kind}; filename="${plain}"`;
  return plain === name ? header : `${header}; filename*=UTF-8''${escaped(name)}`;
};
