import type { ContainerModuleLoadOptions } from 'inversify';
import type { Token } from '../../application/kernel/token.js';

export type Bind = ContainerModuleLoadOptions['bind'];

type TokensOf<Ports> = { readonly [Name in keyof Ports]: Token<Ports[Name]> };

/** Binds the value that a function makes of its ports, each found by its name. A missing or wrong port does not compile. */
export const bindFromPorts = <Ports extends object, Made>(
  bind: Bind,
  token: Token<Made>,
  make: (ports: Ports) => Made,
  tokens: TokensOf<Ports>,
): void => {
  const names = Object.keys(tokens);
  const portsOf = (values: readonly unknown[]) =>
    Object.fromEntries(names.map((name, index) => [name, values[index]])) as Ports;
  bind(token)
    .toResolvedValue((...values: unknown[]) => make(portsOf(values)), Object.values<Token<unknown>>(tokens))
    .inSingletonScope();
};
