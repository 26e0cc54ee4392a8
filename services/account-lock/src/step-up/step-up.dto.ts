import { IsCode, IsPlatformId, IsUuidV7, Optional, Shaped } from '@recourse/edge';
import { stepUpPurposes, type StepUpPurpose } from './step-up.js';

/** A one-time code somebody asks for. */
export class StepUpDto {
  /** The account whose owner is to type it. */
  @IsPlatformId()
  account: string;

  /** What it is for. */
  @IsCode(stepUpPurposes)
  purpose: StepUpPurpose;

  /** The unlock request, refund, case or demand it is for: good for nothing else. */
  @IsUuidV7()
  boundTo: string;

  /** Which registered route it goes to; left out, the newest one that is trusted, e-mail first. */
  @Optional()
  @IsUuidV7()
  route?: string;
}

/** A code as somebody typed it. */
export class VerificationDto {
  /** Six digits. */
  @Shaped(/^\d{6}$/, 'code-malformed')
  code: string;
}
