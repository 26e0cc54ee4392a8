/** Which bytes of a whole are asked for (RFC 9110): all of them, a part, or none that exist. Several ranges at once are answered with the whole. */
export type Ranged =
  { readonly kind: 'whole' } | { readonly kind: 'part'; readonly from: number; readonly to: number } | { readonly kind: 'outside' };

export const rangeOf = (header: string | undefined, size: number): Ranged => {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return { kind: 'whole' };
  const [first, last] = [found[1] ?? '', found[2] ?? ''];
  // `bytes=-500`: the last 500.
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  return from > to || from >= size ? { kind: 'outside' } : { kind: 'part', from, to };
};
