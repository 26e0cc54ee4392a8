import { describe, expect, it } from '@jest/globals';
import { believed, plain, TextLook } from './recognising.js';

const bytes = (text: string) => new TextEncoder().encode(text);
/** Looked at in pieces of three bytes, so that every symbol is torn somewhere. */
const textTypeOf = (given: Uint8Array, declared: string) => {
  const look = new TextLook(declared);
  for (let at = 0; at < given.length; at += 3) look.push(given.subarray(at, at + 3));
  return look.ends();
};

describe('A media type', () => {
  it.each([
    ['text/plain; charset=utf-8', 'text/plain'],
    ['IMAGE/JPG', 'image/jpeg'],
    ['audio/x-wav', 'audio/wav'],
    ['audio/ogg; codecs=opus', 'audio/ogg'],
    ['image/heif', 'image/heic'],
  ])('%s is %s', (said, kept) => expect(plain(said)).toBe(kept));
});

describe('A file', () => {
  it('is what it says when bytes and name tag agree', () =>
    expect(believed({ kind: 'screenshot', declared: 'image/png', found: 'image/png' })).toBe('image/png'));
  it('is so under another name of the same type', () =>
    expect(believed({ kind: 'screenshot', declared: 'image/jpg', found: 'image/jpeg' })).toBe('image/jpeg'));
  it('is not when they disagree, even if both would do', () =>
    expect(believed({ kind: 'screenshot', declared: 'image/png', found: 'image/jpeg' })).toBeUndefined());
  it('is not when the kind is never such a file', () =>
    expect(believed({ kind: 'identity-document', declared: 'text/plain', found: 'text/plain' })).toBeUndefined());
  it('is not when its bytes are nothing we know', () => expect(believed({ kind: 'chat-log', declared: 'text/plain' })).toBeUndefined());
});

describe('Text without magic bytes', () => {
  it.each([
    ['a chat log', '02:14 陌生人：把验证码发给我\n02:15 我：为什么？', 'text/plain'],
    ['Arabic and emoji', 'تم الخصم 😡', 'text/plain'],
    ['a table', 'time,amount\r\n2026-11-18T02:14,1280.00\r\n', 'text/csv'],
    ['a mail', 'From: a@example.com\r\nSubject: Hello\r\n\r\nText', 'message/rfc822'],
    ['JSON', '{"transaction":"T-1","amount":128000}', 'application/json'],
  ])('is recognised: %s', (_what, text, type) => expect(textTypeOf(bytes(text), type)).toBe(type));
  it.each([
    ['JSON that does not parse', bytes('{"transaction":'), 'application/json'],
    ['a text that ends within a symbol', bytes('😡').subarray(0, 3), 'text/plain'],
    ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe, 0x41]), 'text/plain'],
    ['an overlong sequence', new Uint8Array([0xc0, 0xaf]), 'text/plain'],
    ['a NUL', bytes('a\0b'), 'text/plain'],
    ['an escape character', bytes('\u001b[31mred'), 'text/plain'],
    ['nothing at all', new Uint8Array(), 'text/plain'],
    ['a program', bytes('alert(1)'), 'text/javascript'],
    ['a page', bytes('<html></html>'), 'text/html'],
  ])('is not recognised: %s', (_what, given, type) => expect(textTypeOf(given, type)).toBeUndefined());
});
