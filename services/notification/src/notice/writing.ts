import {
  wordingOf,
  type Frame,
  type Guidance,
  type Language,
  type NoticeHistory,
  type Piece,
  type PublishedSettings,
  type Template,
  type WordingGroup,
} from '@recourse/contracts';
import { compose, type Letter, type Word } from './composing.js';
import type { Facts } from './notice.js';

/** Where the words come from: contracts/templates. */
export type Library = {
  of(piece: Piece): Template;
  guidanceOf(pieces: readonly Piece[]): readonly Guidance[];
  frame(): Frame;
};

/** The desk's word for a code. One nobody has worded yet stands as it is: better an odd word than a message that never leaves. */
const word: Word = (group, code, language) => {
  try {
    return wordingOf(language, group as WordingGroup, code);
  } catch {
    return code;
  }
};

/** Writes a notice in the words that were pinned when it was planned, today and in ten years alike. `opened` holds what was sealed. */
export const write = (
  notice: NoticeHistory,
  opened: Readonly<Record<string, unknown>>,
  settings: PublishedSettings,
  library: Library,
): Letter => {
  const language = notice.language as Language;
  return compose(library.of(notice.template), library.guidanceOf(notice.guidance), library.frame(), word, {
    language,
    zone: settings.zone,
    platform: settings.name[language],
    facts: notice.facts as Facts,
    opened,
    ...(notice.nextUpdate && { nextUpdate: notice.nextUpdate }),
  });
};
