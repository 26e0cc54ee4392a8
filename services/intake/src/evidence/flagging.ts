// cspell:ignore DBBQAAAAIAA QAAMAAAAEAAAA DBBQAAAA oqrp
import type { Code } from '@recourse/contracts';

export type Flag = Code<'evidence-flag'>;

/** What a person should know before opening a file of this type, told by what stands in it: nothing is refused for it, and nothing of it runs here. */
export class Flags {
  readonly #found = new Set<Flag>();
  #rest = '';

  constructor(
    /** What it is said to be; a file that is something else is refused anyway. */
    private readonly type: string,
  ) {}

  push(bytes: Uint8Array): void {
    const look = looks[this.type];
    if (!look) return;
    const text = this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    look(text, this.#found);
    // What is torn between two pieces is seen whole the second time.
    this.#rest = text.slice(-longestName);
  }

  ends(): readonly Flag[] {
    this.push(new Uint8Array([0x0a]));
    return [...this.#found].sort();
  }
}

const longestName = 128;

const looks: Readonly<Record<string, (text: string, found: Set<Flag>) => void>> = {
  'application/pdf': (text, found) => {
    for (const [name] of text.matchAll(/\/(?:[A-Za-z]|#[0-9A-Fa-f]{2}){2,60}(?=[\s()<>[\]{}/%])/g)) {
      const flag = pdfNames[unescaped(name)];
      if (flag) found.add(flag);
    }
  },
  // Attachments are base64, and how they begin can be read through it.
  'message/rfc822': (text, found) => {
    if (/(?:^|\r?\n)\r?\n(?:UEsDB|H4sI|N3q8r|UmFyIR)[A-Za-z0-9+/]/.test(text)) found.add('mail-with-archive');
    if (/(?:^|\r?\n)\r?\n(?:TV[oqrp][A-Za-z0-9+/]|f0VMR)/.test(text)) found.add('mail-with-program');
  },
};

/** Names of PDF (ISO 32000-2), as they stand outside of packed parts. */
const pdfNames: Readonly<Record<string, Flag>> = {
  '/JavaScript': 'document-with-script',
  '/JS': 'document-with-script',
  '/XFA': 'document-with-script',
  '/EmbeddedFile': 'document-with-files',
  '/EmbeddedFiles': 'document-with-files',
  '/FileAttachment': 'document-with-files',
  '/Launch': 'document-that-starts-something',
  '/ImportData': 'document-that-starts-something',
  '/SubmitForm': 'document-that-starts-something',
  '/RichMedia': 'document-that-starts-something',
};

/** Any letter of a name may be written as its number: `/J#61vaScript`. */
const unescaped = (name: string): string =>
  name.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
