import { idLooksPersonal, parseReference, platformId } from '@recourse/contracts';
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { Problem } from './refusing.js';

const malformed = (code: string, { data }: ArgumentMetadata) =>
  new Problem(400, 'request-invalid', { errors: [{ parameter: data ?? 'id', code }] });

/** `@Param('id', UuidParam) id: string`: an id of this house, in lower case. Anything else is 400; one we do not know is 404 later. */
@Injectable()
export class UuidParam implements PipeTransform<string, string> {
  transform(value: string, metadata: ArgumentMetadata): string {
    const id = value.toLowerCase();
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) throw malformed('id-malformed', metadata);
    return id;
  }
}

/** `@Param('account', PlatformIdParam) account: string`: an opaque id of the platform's. */
@Injectable()
export class PlatformIdParam implements PipeTransform<string, string> {
  transform(value: string, metadata: ArgumentMetadata): string {
    if (idLooksPersonal(value)) throw malformed('id-looks-personal', metadata);
    if (!platformId.test(value)) throw malformed('platform-id-malformed', metadata);
    return value;
  }
}

/** `@Param('reference', ReferenceParam) reference: string`: as somebody read it out, turned into the one form we keep. */
@Injectable()
export class ReferenceParam implements PipeTransform<string, string> {
  transform(value: string, metadata: ArgumentMetadata): string {
    const reference = parseReference(value);
    if (!reference) throw malformed('reference-malformed', metadata);
    return reference;
  }
}

/** `@Param('n', CountParam) n: number`: which one of many, counted from one. */
@Injectable()
export class CountParam implements PipeTransform<string, number> {
  transform(value: string, { data }: ArgumentMetadata): number {
    if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
    const facts = { from: 1, to: 9_999_999 };
    throw new Problem(400, 'request-invalid', { errors: [{ parameter: data ?? 'n', code: 'number-out-of-range', facts }] });
  }
}
