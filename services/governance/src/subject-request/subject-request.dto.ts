import { codes, type Code } from '@recourse/contracts';
import { IsCode, IsPlatformId, Shaped } from '@recourse/edge';

/** What a subject asks for. */
export class SubjectRequestDto {
  /** To know what is held of him, or to have it erased. */
  @IsCode(codes['subject-request-kind'])
  kind: Code<'subject-request-kind'>;

  /** Whose data; a customer asks for himself alone. */
  @IsPlatformId()
  subject: string;

  /** Where the proof of who he is lies, by its number; never what it says. */
  @Shaped(/^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$/, 'reference-malformed')
  identity: string;

  /** Whose law says by when it is answered. */
  @IsCode(codes['subject-jurisdiction'])
  jurisdiction: Code<'subject-jurisdiction'>;
}

/** That it takes longer. */
export class SubjectExtensionDto {
  /** Why. */
  @IsCode(codes['subject-extended-why'])
  why: Code<'subject-extended-why'>;
}

/** What the subject was answered. */
export class SubjectAnswerDto {
  /** How it ended. */
  @IsCode(codes['subject-answered-how'])
  how: Code<'subject-answered-how'>;
}
