import { encodeMessage, fingerprintContent, issueFingerprintId, newMessageId, type Tenant } from '@logbook/contracts';
import { type Appender, type AppendOutcome, fingerprintFact, MessageTooLargeError } from '@logbook/core';
import { type FingerprintFields, type FingerprintOutcome, Fingerprints } from '../http/use-cases.js';
import { orUnavailable } from '../unavailable.js';
import { type FactCaches, rememberRegistered } from './known-facts.js';
import { GATEWAY_SOURCE } from './source.js';

/**
 * Issues the id of a fingerprint and appends its registration. Depends on the log or the spool alone: a client whose fingerprint
 * fails never sends anything. The same content gets the same id; registering it again is a no-op in the fold.
 */
export class FingerprintRegistration extends Fingerprints {
  constructor(
    private readonly options: { readonly appender: Appender; readonly facts: FactCaches; readonly secret: string },
  ) {
    super();
  }

  override register(request: { tenant: Tenant; fields: FingerprintFields }): Promise<FingerprintOutcome> {
    return orUnavailable(async () => {
      const { tenant, fields } = request;
      const { appender, facts, secret } = this.options;
      const contentJson = fingerprintContent(fields);
      const id = issueFingerprintId({ tenant, contentJson, secret });
      let appended: AppendOutcome;
      try {
        appended = await appender.append('commands', [
          encodeMessage({
            type: 'com.logbook.fingerprint.register.v1',
            id: newMessageId(),
            timeMs: Date.now(),
            source: GATEWAY_SOURCE,
            tenant,
            fingerprintId: id,
            contentJson,
          }),
        ]);
      } catch (error) {
        if (error instanceof MessageTooLargeError) return { outcome: 'TOO_LARGE' };
        throw error;
      }
      await rememberRegistered(facts, appended, [fingerprintFact(tenant, id)]);
      return { outcome: 'REGISTERED', fingerprintId: id };
    });
  }
}
