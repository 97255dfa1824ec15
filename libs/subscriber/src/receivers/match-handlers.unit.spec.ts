import type { MessageType } from '@logbook/contracts';
import type { MessageHandler } from '@nestjs/microservices';
import { matchHandlers } from './match-handlers.js';

const EVENT = 'com.logbook.llm.recorded.v1';
const PEOPLE = ['com.logbook.person.register.v1', 'com.logbook.person.update.v1'] as const;
const OTHER_COMMANDS: readonly MessageType[] = [
  'com.logbook.fingerprint.register.v1',
  'com.logbook.agent.register.v1',
  'com.logbook.agent.update.v1',
  'com.logbook.agent-version.register.v1',
  'com.logbook.agent-version.update.v1',
];

const handler = (changes: Partial<MessageHandler> = {}): MessageHandler =>
  Object.assign(() => Promise.resolve(), { extras: { form: 'SINGLE' }, ...changes });
const handlers = (...patterns: readonly string[]) => new Map(patterns.map((pattern) => [pattern, handler()]));

describe('matchHandlers', () => {
  it('says of every type of a topic that is needed who takes it, and nothing of other topics', () => {
    const matched = matchHandlers(handlers(...PEOPLE), OTHER_COMMANDS);
    expect([...matched.keys()]).toEqual(['commands']);
    const commands = matched.get('commands');
    expect(OTHER_COMMANDS.map((type) => commands?.get(type))).toEqual(OTHER_COMMANDS.map(() => 'IGNORED'));
    expect(commands?.get(PEOPLE[0])).toMatchObject({ form: 'SINGLE' });
  });

  it('refuses each type that comes with a topic and is neither handled nor ignored', () => {
    expect(() => matchHandlers(handlers(...PEOPLE), OTHER_COMMANDS.slice(1))).toThrow(
      /no handler for com\.logbook\.fingerprint\.register\.v1, which comes with topic commands: handle it or ignore it$/,
    );
  });

  it.each([
    ['a type that nobody writes', handlers('com.logbook.llm.recorded.v2'), [], /which is no type of message/],
    ['no handler at all', handlers(), [], /there is no handler/],
    ['a type that is ignored and handled', handlers(EVENT), [EVENT], /is ignored and has a handler/],
    ['an ignored type of a topic that is not consumed', handlers(EVENT), [PEOPLE[0]], /its topic is not consumed/],
    [
      'two handlers of one type',
      new Map([[EVENT, handler({ next: handler() as never })]]),
      [],
      /more than one handler/,
    ],
    [
      "Nest's bare pattern, which hides errors",
      new Map([[EVENT, handler({ extras: {} })]]),
      [],
      /not declared with @OnMessage/,
    ],
  ] as const)('refuses %s', (_, registered, ignored, reason) => {
    expect(() => matchHandlers(registered, ignored)).toThrow(reason);
  });
});
