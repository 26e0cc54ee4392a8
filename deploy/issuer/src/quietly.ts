/**
 * oidc-provider prints "Unsupported runtime" when it is imported on Node 20, where it works, and has no option for that. This drops that
 * one line and no other.
 */
export const oidcProvider = async (): Promise<typeof import('oidc-provider')> => {
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    if (!String(said[0]).includes('Unsupported runtime')) warn(...said);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
};
