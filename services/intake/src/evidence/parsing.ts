const deepest = 256;

const [space, tab, feed, carriage] = [0x20, 0x09, 0x0a, 0x0d];
const [quote, backslash, comma, colon, openArray, closeArray, openObject, closeObject] = [0x22, 0x5c, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d];

/** What may come next. `key-or-end` stands after `{`, `value-or-end` after `[`, `after` behind a value. */
type Expecting = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'after';

/**
 * Says of a text that comes in pieces whether it is one JSON value (RFC 8259), not deeper than 256; holds none of it. Streaming parsers put
 * together every string and hand it out; here one string may be as large as a file may be, and nobody wants it.
 */
export class JsonLook {
  #wrong = false;
  #expecting: Expecting = 'value';
  /** Which brackets are open: true is an object. */
  readonly #open: boolean[] = [];
  #string: 'no' | 'plain' | 'escape' | number = 'no';
  #isKey = false;
  /** A number or a word that has not ended yet; no true one is longer than 64. */
  #token = '';

  push(text: string): void {
    for (let at = 0; at < text.length && !this.#wrong; at++) this.#take(text.charCodeAt(at), text[at]!);
  }

  /** Nothing more comes: was it one? */
  ends(): boolean {
    this.#endToken();
    return !this.#wrong && this.#string === 'no' && this.#expecting === 'after' && this.#open.length === 0;
  }

  #take(unit: number, symbol: string): void {
    if (this.#string !== 'no') return this.#inString(unit, symbol);
    if (belongsToToken(unit)) {
      this.#token += symbol;
      if (this.#token.length > 64) this.#wrong = true;
      return;
    }
    this.#endToken();
    if (unit === space || unit === tab || unit === feed || unit === carriage) return;
    if (unit === quote) return this.#beginString();
    if (unit === openArray || unit === openObject) return this.#begin(unit === openObject);
    if (unit === closeArray || unit === closeObject) return this.#close(unit === closeObject);
    if (unit === comma) return this.#comma();
    if (unit === colon && this.#expecting === 'colon') this.#expecting = 'value';
    else this.#wrong = true;
  }

  #inString(unit: number, symbol: string): void {
    if (typeof this.#string === 'number') {
      if (!/[0-9a-fA-F]/.test(symbol)) this.#wrong = true;
      this.#string = this.#string === 1 ? 'plain' : this.#string - 1;
    } else if (this.#string === 'escape') {
      if (!/["\\/]|[bf]|[nr]|[tu]/.test(symbol)) this.#wrong = true;
      this.#string = symbol === 'u' ? 4 : 'plain';
    } else if (unit === backslash) this.#string = 'escape';
    else if (unit < space) this.#wrong = true;
    else if (unit === quote) {
      this.#string = 'no';
      this.#expecting = this.#isKey ? 'colon' : 'after';
    }
  }

  #beginString(): void {
    this.#isKey = this.#expecting === 'key' || this.#expecting === 'key-or-end';
    if (!this.#isKey && !this.#wantsValue()) this.#wrong = true;
    this.#string = 'plain';
  }

  #begin(object: boolean): void {
    if (!this.#wantsValue() || this.#open.length === deepest) this.#wrong = true;
    this.#open.push(object);
    this.#expecting = object ? 'key-or-end' : 'value-or-end';
  }

  #close(object: boolean): void {
    const mayClose = this.#expecting === 'after' || this.#expecting === (object ? 'key-or-end' : 'value-or-end');
    if (!mayClose || this.#open.pop() !== object) this.#wrong = true;
    this.#expecting = 'after';
  }

  #comma(): void {
    if (this.#expecting !== 'after' || this.#open.length === 0) this.#wrong = true;
    this.#expecting = this.#open.at(-1) ? 'key' : 'value';
  }

  #endToken(): void {
    if (this.#token === '') return;
    if (!this.#wantsValue() || !/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(this.#token)) this.#wrong = true;
    this.#token = '';
    this.#expecting = 'after';
  }

  #wantsValue(): boolean {
    return this.#expecting === 'value' || this.#expecting === 'value-or-end';
  }
}

/** Digits, letters, plus, minus and the full stop. */
const belongsToToken = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) ||
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  unit === 0x2b ||
  unit === 0x2d ||
  unit === 0x2e;
