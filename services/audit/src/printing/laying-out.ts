/** How a terminal shows text: nothing here knows what the text says. */
export type Ink = { readonly bold: Paint; readonly dim: Paint; readonly good: Paint; readonly bad: Paint; readonly name: Paint };
type Paint = (text: string) => string;

const painted =
  (code: number): Paint =>
  (text) =>
    text ? `\u001b[${code}m${text}\u001b[0m` : text;

export const colours: Ink = { bold: painted(1), dim: painted(2), good: painted(32), bad: painted(31), name: painted(36) };
const as: Paint = (text) => text;
/** For a file, a pipe, or somebody who wants none (NO_COLOR). */
export const plain: Ink = { bold: as, dim: as, good: as, bad: as, name: as };

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Columns a text takes: Chinese characters take two. */
export const widthOf = (text: string): number => [...text].reduce((sum, symbol) => sum + (wide.test(symbol) ? 2 : 1), 0);

export const padded = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)));

/** Cuts what does not fit, and shows that it did. */
export const fitted = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  let cut = '';
  for (const symbol of text) {
    if (widthOf(cut) + widthOf(symbol) > columns - 1) break;
    cut += symbol;
  }
  return `${cut}…`;
};
