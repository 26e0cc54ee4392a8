/** Every place of a value with the kind of what stands there: `/amount/value number`; members of lists share a place. */
export const shapeOf = (value: unknown, at = ''): readonly string[] => {
  if (Array.isArray(value)) return [`${at} list`, ...value.flatMap((member) => shapeOf(member, `${at}/-`))];
  if (typeof value !== 'object' || value === null) return [`${at} ${value === null ? 'null' : typeof value}`];
  return [`${at} object`, ...Object.entries(value).flatMap(([name, member]) => shapeOf(member, `${at}/${name}`))];
};

/** Data of one stored shape (type and schema version) of one service: enough examples to show every place that was ever seen. */
export type StoredShape = { readonly type: string; readonly sv: number; readonly examples: readonly object[] };

/** The examples that show something which those before them do not. */
export const tellingExamples = (examples: readonly object[], known: readonly object[] = []): readonly object[] => {
  const seen = new Set(known.flatMap((example) => shapeOf(example)));
  return examples.filter((example) => {
    const news = shapeOf(example).filter((place) => !seen.has(place));
    for (const place of news) seen.add(place);
    return news.length > 0;
  });
};
