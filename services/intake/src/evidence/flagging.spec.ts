// cspell:ignore DBBQAAAAIAA QAAMAAAAEAAAA DBBQAAAA oqrp
import { describe, expect, it } from '@jest/globals';
import { Flags } from './flagging.js';

const flagsOf = (type: string, text: string, step = text.length) => {
  const flags = new Flags(type);
  for (let at = 0; at < text.length; at += step) flags.push(Buffer.from(text.slice(at, at + step), 'latin1'));
  return flags.ends();
};

describe('A document', () => {
  it.each([
    ['<< /Type /Catalog /OpenAction [3 0 R /Fit] >>', []],
    ['<< /S /JavaScript /JS (app.alert) >>', ['document-with-script']],
    ['<< /S /J#61vaScr#69pt >>', ['document-with-script']],
    ['<< /Names << /EmbeddedFiles 5 0 R >> >>', ['document-with-files']],
    ['<< /S /Launch /F (cmd.exe) >> << /S /JavaScript >>', ['document-that-starts-something', 'document-with-script']],
    ['(a text about JavaScript and Launch)', []],
    ['/JavaScriptLike /XJS /Launcher', []],
  ])('%s has %j, however it comes in', (text, flags) => {
    for (const step of [1, 3, 7, 1_000]) expect(flagsOf('application/pdf', `%PDF-1.7\n${text}\n%%EOF`, step)).toEqual(flags);
  });
});

describe('A mail', () => {
  const mail = (attached: string) => `From: a\r\nContent-Transfer-Encoding: base64\r\n\r\n${attached}\r\n--b--`;
  it.each([
    ['a text', 'SGVsbG8=', []],
    ['an archive', 'UEsDBBQAAAAIAA==', ['mail-with-archive']],
    ['a program', 'TVqQAAMAAAAEAAAA', ['mail-with-program']],
  ])('with %s attached has %j', (_what, attached, flags) => {
    for (const step of [5, 1_000]) expect(flagsOf('message/rfc822', mail(attached), step)).toEqual(flags);
  });
  it('is not told by what stands in the middle of a line', () =>
    expect(flagsOf('message/rfc822', 'From: a\r\n\r\nthe code UEsDBBQAAAA\r\n')).toEqual([]));
});

describe('A text', () => {
  it('has no flags', () => expect(flagsOf('text/plain', '/JavaScript /Launch')).toEqual([]));
});
