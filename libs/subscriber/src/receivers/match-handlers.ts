import { MESSAGE_TYPES, topicOfType, type MessageType, type Topic } from '@logbook/contracts';
import type { MessageHandler } from '@nestjs/microservices';
import type { HandlerExtras } from '../handlers/message-handlers.decorator.js';
import { refuseIfAny } from './receiver.js';

export interface TypedHandler extends HandlerExtras {
  readonly call: MessageHandler;
}

/** By type, what becomes of a message. */
export type Matched = ReadonlyMap<MessageType, TypedHandler | 'IGNORED'>;

/**
 * By topic that any handler needs, what becomes of each of its types.
 * @throws Error that names every type without a handler that is not ignored, and every handler that is not one of ours.
 */
export function matchHandlers(
  registered: ReadonlyMap<string, MessageHandler>,
  ignored: readonly MessageType[],
): ReadonlyMap<Topic, Matched> {
  const problems: string[] = [];
  const handlers = new Map<MessageType, TypedHandler>();
  for (const [pattern, call] of registered) {
    const type = MESSAGE_TYPES.find((known) => known === pattern);
    const form = (call.extras as Partial<HandlerExtras> | undefined)?.form;
    if (type === undefined) problems.push(`a handler for ${pattern}, which is no type of message`);
    else if (form === undefined)
      problems.push(`a handler for ${type} that is not declared with @OnMessage or @OnMessages`);
    else if (call.next !== undefined) problems.push(`more than one handler for ${type}`);
    else handlers.set(type, { call, form });
  }
  if (registered.size === 0) problems.push('there is no handler');
  const topics = new Set([...handlers.keys()].map(topicOfType));
  const matched = new Map([...topics].map((topic) => [topic, new Map<MessageType, TypedHandler | 'IGNORED'>()]));
  for (const type of MESSAGE_TYPES) {
    const ofTopic = matched.get(topicOfType(type));
    const handler = handlers.get(type);
    const isIgnored = ignored.includes(type);
    if (handler !== undefined && isIgnored) problems.push(`${type} is ignored and has a handler`);
    else if (ofTopic === undefined && isIgnored) problems.push(`${type} is ignored, but its topic is not consumed`);
    else if (ofTopic !== undefined && handler === undefined && !isIgnored) {
      problems.push(`no handler for ${type}, which comes with topic ${topicOfType(type)}: handle it or ignore it`);
    }
    ofTopic?.set(type, handler ?? 'IGNORED');
  }
  refuseIfAny(problems);
  return matched;
}
