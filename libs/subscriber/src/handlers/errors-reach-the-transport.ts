import { type ArgumentsHost, Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Nest's own filter turns every error into "Internal server error". The transport must see the error itself:
 * whether it is retried, dead-lettered or halts the consumption depends on what it is.
 */
@Catch()
export class ErrorsReachTheTransport implements RpcExceptionFilter<unknown> {
  catch(exception: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => exception);
  }
}
