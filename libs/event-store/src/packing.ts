/** Elements of PostgreSQL's binary form of one-dimensional arrays (array_recv): nothing has to be escaped here or parsed there. */
const oids = { boolean: 16, bytea: 17, integer: 23, text: 25, uuid: 2950 } as const;
type Element = keyof typeof oids;

const headSize = 20;

/** Room for an array whose elements take so many bytes together; `at` is where the first one begins. */
const roomFor = (element: Element, count: number, size: number, nulls = false): Buffer => {
  if (count === 0) {
    const empty = Buffer.alloc(12);
    empty.writeInt32BE(oids[element], 8);
    return empty;
  }
  const room = Buffer.allocUnsafe(headSize + 4 * count + size);
  room.writeInt32BE(1, 0); // dimensions
  room.writeInt32BE(nulls ? 1 : 0, 4);
  room.writeInt32BE(oids[element], 8);
  room.writeInt32BE(count, 12);
  room.writeInt32BE(1, 16); // the first index
  return room;
};

const fixed = <Value>(
  element: Element,
  size: number,
  values: readonly Value[],
  write: (room: Buffer, value: Value, at: number) => void,
): Buffer => {
  const room = roomFor(element, values.length, size * values.length);
  let at = headSize;
  for (const value of values) {
    room.writeInt32BE(size, at);
    write(room, value, at + 4);
    at += 4 + size;
  }
  return room;
};

/** text[]; null is a null. */
export const packedTexts = (values: readonly (string | null)[]): Buffer => {
  let size = 0;
  let nulls = false;
  for (const value of values) {
    if (value === null) nulls = true;
    else size += Buffer.byteLength(value);
  }
  const room = roomFor('text', values.length, size, nulls);
  let at = headSize;
  for (const value of values) {
    const written = value === null ? -1 : room.write(value, at + 4);
    room.writeInt32BE(written, at);
    at += 4 + Math.max(written, 0);
  }
  return room;
};

/** integer[]; null is a null. */
export const packedIntegers = (values: readonly (number | null)[]): Buffer => {
  if (!values.includes(null)) return fixed('integer', 4, values as readonly number[], (room, value, at) => room.writeInt32BE(value, at));
  const room = roomFor('integer', values.length, 4 * values.filter((value) => value !== null).length, true);
  let at = headSize;
  for (const value of values) {
    room.writeInt32BE(value === null ? -1 : 4, at);
    at += 4;
    if (value === null) continue;
    room.writeInt32BE(value, at);
    at += 4;
  }
  return room;
};

/** boolean[] */
export const packedFlags = (values: readonly boolean[]): Buffer =>
  fixed('boolean', 1, values, (room, value, at) => room.writeUInt8(value ? 1 : 0, at));

/** uuid[] */
export const packedUuids = (values: readonly string[]): Buffer =>
  fixed('uuid', 16, values, (room, value, at) => {
    if (room.write(value.replaceAll('-', ''), at, 'hex') < 16) throw new TypeError(`${value} is no uuid.`);
  });

/** bytea[] */
export const packedBytes = (values: readonly Uint8Array[]): Buffer => {
  const room = roomFor(
    'bytea',
    values.length,
    values.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  let at = headSize;
  for (const value of values) {
    room.writeInt32BE(value.byteLength, at);
    room.set(value, at + 4);
    at += 4 + value.byteLength;
  }
  return room;
};
