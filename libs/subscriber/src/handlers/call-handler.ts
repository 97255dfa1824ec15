import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { HandlerContext } from './handler-context.js';

/** Calls a handler through Nest and waits until it is done, whatever it answers with. */
export async function callHandler(handler: MessageHandler, data: unknown, context?: HandlerContext): Promise<unknown> {
  const answer: unknown = await (handler(data, context) as Promise<unknown>);
  return isObservable(answer) ? lastValueFrom(answer, { defaultValue: undefined }) : answer;
}
