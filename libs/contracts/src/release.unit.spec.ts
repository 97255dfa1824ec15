import { decodeMessage } from './decode.js';
import { asRaw, golden, goldens } from './golden.fixture.js';
import type { RawMessage } from './message.js';

const withHeaders = (name: string, headers: Readonly<Record<string, string>>): RawMessage => {
  const raw = asRaw(golden(name).encoded);
  return { ...raw, headers: { ...raw.headers, ...headers } };
};

describe('a message of a newer release', () => {
  it.each(['com.logbook.agent.rename.v1', 'com.logbook.llm.recorded.v2', 'com.logbook.session.closed.v12'])(
    'is no poison but NEWER, whatever else it holds: %s',
    (type) => {
      const reason = `ce_type "${type}" is unknown to this release`;
      expect(decodeMessage(withHeaders('agent.register.v1', { ce_type: type }))).toEqual({ outcome: 'NEWER', reason });
      // How its other headers and its value are to be read is not for this release to know.
      const bare = { key: null, headers: { ce_specversion: '1.0', ce_type: type }, value: null };
      expect(decodeMessage(bare)).toEqual({ outcome: 'NEWER', reason });
    },
  );

  it.each(goldens())('$name is NEWER with an encrypted value, which a later release may write', ({ name }) => {
    expect(decodeMessage(withHeaders(name, { ce_datakey: 'k1' }))).toEqual({
      outcome: 'NEWER',
      reason: 'ce_datakey is set, and this release reads no encrypted values',
    });
  });

  it.each(['com.example.agent.rename.v1', 'com.logbook.agent.rename', 'com.logbook.agent.register.v0', 'logbook.v2'])(
    'is not seen in a type that no release of Logbook writes: %s is poison, encrypted or not',
    (type) => {
      const headers = { ce_type: type, ce_datakey: 'k1' };
      expect(decodeMessage(withHeaders('agent.register.v1', headers)).outcome).toBe('POISON');
    },
  );
});
