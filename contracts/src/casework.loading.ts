import { readFileSync } from 'node:fs';
import { contractsFolder } from './platforms.loading.js';
import type { Category } from './taxonomy.js';

/** Which team answers a category, and whether such a case may be closed without a cause and a solution. */
export type DeskOf = { readonly team: string; readonly causeRequired: boolean };
type File = { readonly triage: DeskOf; readonly desks: readonly (DeskOf & { readonly category: Category })[] };

const file = JSON.parse(readFileSync(contractsFolder('taxonomy/desks.json'), 'utf8')) as File;
const desks: ReadonlyMap<string, DeskOf> = new Map(file.desks.map((desk) => [desk.category, desk]));

/** Where a category is answered; what has none yet goes to triage. */
export const deskOf = (category: string | undefined): DeskOf => desks.get(category ?? '') ?? file.triage;
