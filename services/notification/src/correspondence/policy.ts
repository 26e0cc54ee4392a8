import type { Language } from '@recourse/contracts';
import type { Told } from '@recourse/edge';
import type { Message } from '@recourse/relay';
import type { CorrespondenceCommand } from './following.js';

type CaseData = {
  readonly reference: string;
  readonly language: Language;
  readonly account?: string;
  readonly subject?: string;
  readonly category?: string;
  readonly kind?: string;
  readonly promise: string;
  readonly due: string;
  readonly nextUpdate?: string;
};

/** Whenever case-tracking says whom a matter concerns or what was promised, we keep it in mind for the next message. */
export const whenCaseHeard = ({ type, data }: Pick<Message, 'type' | 'data'>): ((told: Told) => CorrespondenceCommand) | undefined => {
  const { reference, language, account, subject, category, kind, promise, due, nextUpdate } = data as unknown as CaseData;
  switch (type) {
    case 'CaseOpened':
      return (told) => ({
        type: 'OpenCorrespondence',
        ...told,
        whom: {
          reference,
          language,
          ...(account && { account }),
          ...(subject && { subject }),
          ...(category && { category }),
          ...(kind === 'protective' && { protective: true }),
        },
      });
    case 'CaseAssessed':
      return category ? (told) => ({ type: 'NoteCategory', ...told, category }) : undefined;
    case 'UpdatePromised':
      return (told) => ({ type: 'AwaitUpdate', ...told, promise, due });
    case 'ContactRecorded':
    case 'LetterIssued':
      return nextUpdate ? (told) => ({ type: 'TellUpdate', ...told, due: nextUpdate }) : undefined;
    case 'PromiseKept':
      return (told) => ({ type: 'SettleUpdate', ...told, promise, how: 'kept' });
    case 'PromiseMissed':
      return (told) => ({ type: 'SettleUpdate', ...told, promise, how: 'missed' });
    default:
      return undefined;
  }
};
