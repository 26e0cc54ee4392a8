// Writes contracts/asyncapi/<service>.json (AsyncAPI 3) from the message schemas in contracts/events and who hears what.
// node tools/asyncapi.mjs [--check]   --check fails when a written document differs from what the schemas say now.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkNode } from './preparing.mjs';

checkNode();
const check = process.argv.includes('--check');
const require = createRequire(import.meta.url);
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const problems = [];

const hearing = read('contracts/events/hearing.json');
const ajv = addFormats(new Ajv({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true }));

/** Every schema must compile, be closed, describe its fields and hold an example that is valid. */
const schemas = {};
for (const topic of Object.keys(hearing)) {
  schemas[topic] = {};
  const folder = join('contracts/events', topic);
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!file.endsWith('.json')) continue;
    const name = file.replace(/\.v\d+\.json$/, '');
    const schema = read(join(folder, file));
    const where = `${topic}/${file}`;
    schemas[topic][name] = schema;
    let valid;
    try {
      valid = ajv.compile(schema);
    } catch (error) {
      problems.push(`${where} does not compile: ${error.message}`);
      continue;
    }
    if (schema.additionalProperties !== false)
      problems.push(`${where} is open: a producer's schema is closed (additionalProperties: false)`);
    for (const [field, about] of Object.entries(schema.properties ?? {}))
      if (!about.description && !about.$ref) problems.push(`${where} does not describe ${field}`);
    if (!schema.examples?.length) problems.push(`${where} has no example`);
    for (const example of schema.examples ?? [])
      if (!valid(example)) problems.push(`${where}: its example is not valid: ${ajv.errorsText(valid.errors)}`);
  }
}
for (const [topic, { heardBy }] of Object.entries(hearing))
  for (const [service, types] of Object.entries(heardBy))
    for (const type of types)
      if (type !== '*' && !schemas[topic][type]) problems.push(`${service} hears ${type} on ${topic}, but nobody says it`);

const sealedEntry = {
  type: 'object',
  description: 'A sealed group of personal fields: unreadable without its key, the same bytes in every log that keeps it.',
  required: ['id', 'group', 'key', 'h', 'blob'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', format: 'uuid', description: 'Id of the sealed entry (UUIDv7).' },
    group: { type: 'string', description: 'Which group of personal fields it holds.' },
    key: { type: 'string', description: 'Id of the data key in the keyring.' },
    h: { type: 'string', description: 'SHA-256 of the bytes, base64url.' },
    blob: { type: 'string', description: 'The sealed bytes, base64url; empty when the group has been erased.' },
  },
};
const headers = {
  type: 'object',
  description: 'CloudEvents 1.0, binary mode.',
  required: ['ce_id', 'ce_source', 'ce_specversion', 'ce_type', 'ce_time', 'ce_tenantid'],
  properties: {
    ce_id: { type: 'string', description: 'Event id, type and message version: the same each time it is told.' },
    ce_source: { type: 'string', description: 'The service that says it.' },
    ce_specversion: { const: '1.0' },
    ce_type: { type: 'string', description: 'recourse.<topic>.<Type>.v<version>' },
    ce_subject: { type: 'string', description: 'The stream it happened on.' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it happened, by the database clock.' },
    ce_dataschema: { type: 'string', description: 'The JSON Schema of data.' },
    ce_partitionkey: { type: 'string', description: 'Order is kept per key.' },
    ce_tenantid: { type: 'string', description: 'The wallet platform.' },
    ce_sequence: { type: 'string', description: 'Version of the event in its stream.' },
    ce_correlationid: { type: 'string', description: 'The matter.' },
    ce_causationid: { type: 'string', description: 'Id of the event that is told.' },
    ce_traceparent: { type: 'string', description: 'W3C trace context.' },
  },
};
const inline = ({ $schema, $id, examples, ...schema }) => schema;
const messageOf = (topic, name) => {
  const schema = schemas[topic][name];
  return {
    name,
    title: schema.title ?? name,
    summary: schema.description ?? name,
    contentType: 'application/json',
    headers: { $ref: '#/components/schemas/CloudEventHeaders' },
    payload: {
      type: 'object',
      required: ['data', 'sealed'],
      properties: { data: inline(schema), sealed: { type: 'array', items: { $ref: '#/components/schemas/SealedEntry' } } },
    },
    examples: schema.examples?.length ? [{ name, payload: { data: schema.examples[0], sealed: [] } }] : undefined,
  };
};
const reference = (topic, name) => ({ $ref: `#/channels/${topic}/messages/${name}` });

const documentOf = (service) => {
  const channels = {};
  const operations = {};
  const speaks = (topic, names, action) => {
    channels[topic] ??= { address: topic, description: `Said by ${hearing[topic].saidBy}; in order per key.`, messages: {} };
    for (const name of names) channels[topic].messages[name] = { $ref: `#/components/messages/${name}` };
    operations[`${action}-${topic}`] = {
      action,
      channel: { $ref: `#/channels/${topic}` },
      summary: action === 'send' ? `${service} tells its neighbours.` : `${service} hears, and acts where a policy says so.`,
      messages: names.map((name) => reference(topic, name)),
    };
  };
  for (const [topic, { saidBy, heardBy }] of Object.entries(hearing)) {
    const all = Object.keys(schemas[topic]);
    if (saidBy === service && all.length) speaks(topic, all, 'send');
    const heard = heardBy[service]?.flatMap((type) => (type === '*' ? all : [type])).filter((type) => schemas[topic][type]);
    if (heard?.length) speaks(topic, heard, 'receive');
  }
  const recordMessage = {
    name: 'Record',
    title: 'Record',
    summary: 'One canonical record, told exactly as it is stored.',
    contentType: 'application/json',
    payload: {
      type: 'object',
      required: ['record', 'recordedAt', 'sealed'],
      properties: {
        record: { type: 'string', description: 'The exact canonical (RFC 8785) text of the record.' },
        recordedAt: { type: 'string', format: 'date-time', description: 'When it was recorded, set under the lock.' },
        sealed: {
          type: 'array',
          description: 'The sealed bytes that stand beside it.',
          items: {
            type: 'object',
            required: ['id', 'h', 'blob'],
            properties: { id: { type: 'string' }, h: { type: 'string' }, blob: { type: 'string' } },
          },
        },
      },
    },
  };
  channels['recourse.records.v1'] = {
    address: 'recourse.records.v1',
    description: 'Every record of every service, each origin on one partition, kept for ever.',
    messages: { Record: { $ref: '#/components/messages/Record' } },
  };
  const action = service === 'audit' ? 'receive' : 'send';
  operations[`${action}-recourse.records.v1`] = {
    action,
    channel: { $ref: '#/channels/recourse.records.v1' },
    summary: action === 'send' ? `${service} tells every record to audit.` : 'audit hears every record and notices a gap or a fork.',
    messages: [reference('recourse.records.v1', 'Record')],
  };
  const used = new Map([['Record', recordMessage]]);
  for (const [topic, channel] of Object.entries(channels))
    for (const name of Object.keys(channel.messages)) if (!used.has(name)) used.set(name, messageOf(topic, name));
  return {
    asyncapi: '3.0.0',
    info: {
      title: `Recourse ${service}`,
      version: '1.0.0',
      description: `What ${service} tells its neighbours and what it hears from them. Delivery is at least once, in order per key; a message keeps its id.`,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      contact: { name: 'Recourse' },
    },
    id: `urn:recourse:${service}`,
    defaultContentType: 'application/json',
    servers: { kafka: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'npm run kafka' } },
    channels,
    operations,
    components: { schemas: { CloudEventHeaders: headers, SealedEntry: sealedEntry }, messages: Object.fromEntries(used) },
  };
};

mkdirSync('contracts/asyncapi', { recursive: true });
const { Parser } = require('@asyncapi/parser');
for (const service of ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance']) {
  const file = `contracts/asyncapi/${service}.json`;
  const text = `${JSON.stringify(documentOf(service), null, 2)}\n`;
  const { diagnostics } = await new Parser().parse(text);
  for (const { severity, message, path } of diagnostics)
    if (severity <= 1 && !/latest version/.test(message)) problems.push(`${file} ${path.join('/')}: ${message}`);
  if (check && (!existsSync(file) || readFileSync(file, 'utf8') !== text))
    problems.push(`${file} is not what the schemas say: run npm run contracts and read the diff`);
  if (!check) writeFileSync(file, text);
}
for (const problem of problems) console.error(problem);
console.log(
  problems.length
    ? `asyncapi: ${problems.length} problems`
    : `asyncapi: 6 documents, ${Object.values(schemas).flatMap(Object.keys).length} messages, no problem`,
);
process.exit(problems.length ? 1 : 0);
