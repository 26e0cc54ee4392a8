// Names and words of many languages are what this is about. cspell:disable
import { describe, expect, it } from '@jest/globals';
import { normalised, wordsOf, type WholeField } from './normalising.js';

describe('Whoever means the same writes the same:', () => {
  const alike: readonly (readonly [WholeField, string, readonly string[]])[] = [
    [
      'telephone',
      '12345678',
      ['+86 138-1234-5678', '008613812345678', '13812345678', '(+86) 138 1234 5678', '１３８１２３４５６７８', '13812345678转12'],
    ],
    ['telephone', '79460958', ['+44 (0)20 7946 0958', '020 7946 0958', '0044 20 7946 0958', '+442079460958 ext. 7']],
    ['telephone', '10086', ['10086', ' 1 0086 ']],
    ['email', 'li.wei@example.com', ['Li.Wei@Example.COM', ' li.wei@example.com ', 'ｌｉ．ｗｅｉ＠ｅｘａｍｐｌｅ．ｃｏｍ']],
    ['email', 'strasse@example.de', ['straße@example.de', 'STRASSE@EXAMPLE.DE']],
    ['name', '陈静', ['陈静', ' 陈 静', '陈　静', '陈\n静']],
    ['name', 'josé maría o’neill', ['José  María O’Neill', 'JOSE\u0301 MARI\u0301A O’NEILL', ' josé maría o’neill ']],
    ['name', '阿卜杜拉买买提', ['阿卜杜拉·买买提', '阿卜杜拉•买买提', '阿卜杜拉・买买提']],
    ['name', 'οδυσσεασ', ['ΟΔΥΣΣΕΑΣ', 'Οδυσσεας']],
    ['account', '6222020200112233', ['6222 0202 0011 2233', '6222-0202-0011-2233', '６２２２０２０２００１１２２３３']],
    ['account', 'w.li~77', ['W.Li~77']],
  ];
  it.each(alike)('%s %s', (field, expected, written) => {
    for (const text of written) expect([text, normalised(field, text)]).toEqual([text, expected]);
  });

  it('and what is nothing of the kind leaves nothing to look for', () => {
    expect(['', '110', 'call me'].map((text) => normalised('telephone', text))).toEqual(['', '', '']);
    expect(['li.wei', 'li wei@example.com', '@', 'a@b@c'].map((text) => normalised('email', text))).toEqual(['', '', '', '']);
    expect(['', ' . ', '·'].map((text) => normalised('name', text))).toEqual(['', '', '']);
  });
});

describe('The words of a text', () => {
  const texts: readonly (readonly [string, readonly string[]])[] = [
    ['The App crashed, the app.', ['the', 'app', 'crashed']],
    ['凌晨两点', ['凌晨', '晨两', '两点']],
    ['转走了1280元', ['转走', '走了', '1280']],
    ['我用Alipay付款', ['我用', 'alipay', '付款']],
    ['元', []],
    ['ロボット', ['ロボ', 'ボッ', 'ット']],
    ['a I 7', []],
    ['Zürich — STRASSE 12b', ['zürich', 'strasse', '12b']],
    ['محفظتي الرقمية', ['محفظتي', 'الرقمية']],
    ['😀😀', []],
    ['', []],
  ];
  it.each(texts)('of %j', (text, words) => expect(wordsOf(text)).toEqual(words));

  it('written in full width are those written in half width', () => expect(wordsOf('ＡＰＰ　崩溃')).toEqual(wordsOf('app 崩溃')));

  it('beyond the basic plane are pairs of characters, not of halves of them', () => expect(wordsOf('𠮷野家')).toEqual(['𠮷野', '野家']));
});
