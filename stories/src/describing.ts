/** Where in a body stand values of which this is true. */
export const pointersTo = (node: unknown, isTrue: (value: unknown) => boolean, at = ''): readonly string[] => {
  if (typeof node !== 'object' || node === null) return isTrue(node) ? [at] : [];
  const members = Array.isArray(node)
    ? node.map((element) => ['', element] as const)
    : Object.entries(node).map(([name, member]) => [`/${name}`, member] as const);
  return members.flatMap(([name, member]) => pointersTo(member, isTrue, at + name));
};
