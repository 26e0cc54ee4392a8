/**
 * The workspaces the starter puts together. Their tests use this one for a database, so it may not depend on them by name: they are found
 * when they are needed, and what is used of them is said here.
 */
type Running = { readonly url: string; stop(): Promise<void> };

type FrontDoorOptions = {
  readonly port: number;
  readonly upstreams: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly mail: string;
  readonly log: { write(line: string): void };
};
type IssuerOptions = { readonly port: number; readonly publicUrl: string; readonly dataDir: string };

const found = async <T>(name: string): Promise<T> => (await import(name)) as T;

export const frontDoor = () => found<{ startFrontDoor(options: FrontDoorOptions): Promise<Running> }>('@recourse/front-door');
export const issuer = () => found<{ startIssuer(options: IssuerOptions): Promise<Running> }>('@recourse/issuer');
export const privacy = () => found<{ keyringMigration(ownerUrl: string): Promise<void> }>('@recourse/privacy');
/** The bus alone: all of the relay brings TypeORM with it, a third of a second before anything else can begin. */
export const bus = () => found<{ prepareBus(ownerUrl: string): Promise<void> }>('@recourse/relay/bus');
export const stories = () =>
  found<{ seedDemonstration(url: string): Promise<{ readonly references: readonly string[] }> }>('@recourse/stories');
