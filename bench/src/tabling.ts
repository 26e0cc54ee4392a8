import type { Goal, Row } from './weighing.js';

/** One object a line: name, value, baseline and ratio always, null where they are not known. */
export const asJson = ({ name, value, baseline, ratio, ...more }: Row): string =>
  JSON.stringify({ name, value: value ?? null, baseline: baseline ?? null, ratio: ratio ?? null, ...more });

/** Three digits that mean something, and no more. */
export const figure = (value: number | undefined): string => {
  if (value === undefined) return '–';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-GB');
  return `${Number(value.toPrecision(3))}`;
};

export const goalText = (goal: Goal | undefined, unit: string): string => {
  if (!goal) return 'report';
  const measure = goal.of === 'ratio' ? '' : ` ${unit}`;
  return 'least' in goal ? `≥ ${goal.least}${measure}` : `< ${goal.below}${measure}`;
};

const verdict = ({ met, missing, goal }: Row): string => {
  if (missing) return 'missing';
  if (met === undefined) return goal ? 'missing' : '';
  return met ? 'met' : 'NOT MET';
};

const heads = ['name', 'ours', 'baseline', 'ratio', 'goal', '', 'unit', 'compared with'] as const;
const cells = (row: Row): string[] => [
  row.name,
  figure(row.value),
  figure(row.baseline),
  figure(row.ratio),
  goalText(row.goal, row.unit),
  verdict(row),
  row.unit,
  row.against,
];

/** For people at a terminal. */
export const asTable = (rows: readonly Row[]): string => {
  const lines = [[...heads], ...rows.map(cells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const numeric = (column: number) => column >= 1 && column <= 3;
  const text = lines.map((line) =>
    line
      .map((cell, column) => (numeric(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const notes = rows.flatMap(({ name, missing, details }) => [
    ...(missing ? [`  ${name}: ${missing}`] : []),
    ...(details ? [`  ${name}: ${detailsText(details)}`] : []),
  ]);
  return [...text, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
};

const detailsText = (details: Readonly<Record<string, number>>): string =>
  Object.entries(details)
    .map(([name, value]) => `${name} ${figure(value)}`)
    .join(', ');

/** For docs/performance.md. */
export const asMarkdown = (rows: readonly Row[]): string => {
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
  const shown = rows.map((row) => {
    const [name, ours, baseline, ratio, goal, met, unit, against] = cells(row) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return line([`\`${name}\``, ours, baseline, `**${ratio}**`, goal, met, unit, against, row.details ? detailsText(row.details) : '']);
  });
  return [line([...heads, 'beside it']), '|---|--:|--:|--:|---|---|---|---|---|', ...shown].join('\n');
};

const between = (name: string) => [`<!-- ${name}: written by npm run bench -- --write -->`, `<!-- end of ${name} -->`] as const;

/** Replaces what stands between the two markers of a page; throws when they are not there. */
export const insert = (page: string, name: string, text: string): string => {
  const [begin, end] = between(name);
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The page has no place for ${name}: the lines "${begin}" and "${end}" must stand in it.`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
};
