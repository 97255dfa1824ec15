import type { LogbookMessage, MessageType } from '@logbook/contracts';
import { UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { ErrorsReachTheTransport } from './errors-reach-the-transport.js';
import type { HandlerContext } from './handler-context.js';

/** The message that a type names. */
export type MessageOf<Type extends MessageType> = Extract<LogbookMessage, { readonly type: Type }>;

/** What the decorators tell the receiver, as the extras of Nest's pattern. */
export interface HandlerExtras {
  readonly form: 'SINGLE' | 'BATCH';
}

type Handler<Data> = (data: Data, context: HandlerContext) => unknown;
type HandlerDecorator<Data> = <Method extends Handler<Data>>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Marks the method that takes every message of a type, one at a time: `(message, context) => …`.
 * Nest's `@EventPattern(type)`, typed, and with its errors left as they are.
 */
export const OnMessage = <Type extends MessageType>(type: Type): HandlerDecorator<MessageOf<Type>> =>
  handlerDecorator<MessageOf<Type>>(type, { form: 'SINGLE' });

/**
 * Marks the method that takes the messages of a type as they come from the log, many at once and in their order:
 * `(messages, context) => …`. It fails or succeeds for all of them; what fails is halved until the message at fault is alone.
 */
export const OnMessages = <Type extends MessageType>(type: Type): HandlerDecorator<readonly MessageOf<Type>[]> =>
  handlerDecorator<readonly MessageOf<Type>[]>(type, { form: 'BATCH' });

const handlerDecorator =
  <Data>(type: MessageType, extras: HandlerExtras): HandlerDecorator<Data> =>
  (target, name, descriptor) => {
    Payload()(target, name, 0);
    Ctx()(target, name, 1);
    (EventPattern(type, { ...extras }) as MethodDecorator)(target, name, descriptor);
    (UseFilters(ErrorsReachTheTransport) as MethodDecorator)(target, name, descriptor);
  };
