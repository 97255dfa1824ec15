import { connect } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** What happens on the way between a client and its broker, from now on. */
type Loss = 'NOTHING' | 'ANSWERS' | 'EVERYTHING';

/** A network that breaks a connection whenever it loses something of it. */
export class LossyNetwork {
  /** How often something was lost. */
  losses = 0;
  private losing: Loss = 'NOTHING';
  private lossesMax = 0;

  /** For kafkajs: all its connections go this way. */
  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    const { emit, write } = socket;
    const lose = (): void => {
      this.losses += 1;
      if (this.losses >= this.lossesMax) this.losing = 'NOTHING';
      socket.destroy(new Error('the network lost something'));
    };
    socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event !== 'data' || this.losing === 'NOTHING') return emit.apply(socket, [event, ...args] as never);
      lose();
      return true;
    };
    socket.write = (...args: unknown[]): boolean => {
      if (this.losing !== 'EVERYTHING') return write.apply(socket, args as never);
      lose();
      return false;
    };
    return socket;
  };

  /** Loses what comes next so many times. With `ANSWERS` the broker gets what is sent, and does it. */
  lose(what: Exclude<Loss, 'NOTHING'>, times: number): void {
    this.losses = 0;
    this.losing = what;
    this.lossesMax = times;
  }

  heal(): void {
    this.losing = 'NOTHING';
  }
}
