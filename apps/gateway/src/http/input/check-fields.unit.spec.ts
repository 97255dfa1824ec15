import { validateSync } from 'class-validator';
import type { HttpProblem } from '../errors.js';
import { ChangeInput, CreateAgentInput } from './agent.input.js';
import { requireFields } from './check-fields.js';
import { BatchEventInput } from './event-batch.input.js';
import { CreateEventInput } from './event.input.js';
import { fieldRulesOf } from './fields.js';
import { CreateFingerprintInput } from './fingerprint.input.js';
import { CreatePersonInput, UpdatePersonInput } from './person.input.js';

const INPUTS: readonly (new () => object)[] = [
  CreateEventInput,
  BatchEventInput,
  CreateFingerprintInput,
  CreateAgentInput,
  ChangeInput,
  CreatePersonInput,
  UpdatePersonInput,
];
const VALUES = [
  undefined,
  null,
  '',
  'llm',
  'a b',
  'x'.repeat(513),
  '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25',
  0,
  true,
  false,
  {},
  { a: 'b' },
  { a: 1 },
  [],
];

describe('requireFields', () => {
  it.each(INPUTS.map((input) => [input.name, input] as const))(
    'takes of %s what class-validator takes, for every field and value',
    (_name, input) => {
      const rules = fieldRulesOf(input);
      expect(rules.length).toBeGreaterThan(0);
      for (const { key, accepts } of rules) {
        for (const value of VALUES) {
          const fields = Object.assign(new input(), value === undefined ? {} : { [key]: value });
          const refused = validateSync(fields).some(({ property }) => property === key);
          expect([key, value, accepts(value)]).toEqual([key, value, !refused]);
        }
      }
    },
  );

  it('names every field that breaks its rule, with the words of the rule', () => {
    expect.assertions(1);
    try {
      requireFields(CreateAgentInput, { agent_name: '', description: 1 });
    } catch (error) {
      expect((error as HttpProblem).errors).toEqual([
        { path: 'agent_name', message: 'must not be empty' },
        { path: 'description', message: 'must be a string' },
      ]);
    }
  });
});
