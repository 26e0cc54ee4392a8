import type { Json } from './front.js';

type Sampling = { readonly also?: readonly string[]; readonly depth?: number };

/** The least JSON that a schema takes: what must be there (and `also` at the top), as small as it may be. Meant to get past the door, not to be right. */
export const sampleOf = (schema: Json, document: Json, { also = [], depth = 0 }: Sampling = {}): unknown => {
  if (!schema || depth > 12) return undefined;
  const sample = (one: Json, more: Sampling = {}): unknown => sampleOf(one, document, { ...more, depth: depth + 1 });
  if (schema.$ref) return sample(followed(schema.$ref, document), { also });
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.examples?.length) return schema.examples[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one: Json) => sample(one, { also }) as object));
  if (schema.oneOf ?? schema.anyOf) return sample((schema.oneOf ?? schema.anyOf)[0], { also });
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        [...new Set([...(schema.required ?? []), ...also])].map((name) => [name, sample(schema.properties?.[name])]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items));
    case 'integer':
    case 'number':
      return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
    case 'boolean':
      return true;
    default:
      return textOf(schema);
  }
};

const followed = (reference: string, document: Json): Json =>
  reference
    .slice(2)
    .split('/')
    .reduce((at: Json, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const likely = [
  'x',
  'USD',
  'en',
  'tidepay',
  '123456',
  '12',
  'A'.repeat(43),
  'a'.repeat(64),
  'case-tracking:1',
  'PT1H',
  '+442079460018',
  'a@mail.example',
];

const textOf = ({ format, pattern, minLength = 1 }: Json): string => {
  if (format === 'uuid') return '0190a6f0-7b1c-7e2a-9c1d-3f5b8a6d2e10';
  if (format === 'date-time') return inAnHour();
  if (format === 'date') return inAnHour().slice(0, 10);
  if (format === 'uri') return 'https://wallet.example/recourse';
  const fitting = pattern && likely.find((text) => new RegExp(pattern, 'u').test(text));
  return fitting ?? 'x'.repeat(Math.max(1, minLength));
};
