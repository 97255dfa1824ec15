import type { Broker } from 'kafkajs';

/** What kafkajs's types leave out of a broker. */
export interface RawBroker extends Broker {
  initProducerId(request: {
    transactionalId: null;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  readonly connectionPool: {
    /** Sends what `encode` gives behind the request's head, and resolves with what `parse` makes of `decode`d bytes. */
    send<D extends { clientSideThrottleTime: number }, T>(protocol: {
      request: Api & { encode: () => { buf: Buffer; buffer: Buffer } };
      response: { decode: (payload: Buffer) => D; parse: (decoded: D) => T };
    }): Promise<T>;
  };
}

/** A request of Kafka's protocol, in one of its versions. */
export interface Api {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

/**
 * Sends a request that was encoded here over kafkajs's connection to the broker, and decodes the answer here. `throttleMs`
 * says how long the client has to leave the broker alone.
 */
export function exchange<T>(
  broker: Broker,
  api: Api,
  buffer: Buffer,
  decode: (payload: Buffer) => T & { readonly throttleMs?: number },
): Promise<T> {
  return (broker as RawBroker).connectionPool.send({
    request: { ...api, encode: () => ({ buf: buffer, buffer }) },
    response: {
      decode: (payload) => {
        const answer = decode(payload);
        return { answer, clientSideThrottleTime: answer.throttleMs ?? 0 };
      },
      parse: ({ answer }) => answer,
    },
  });
}
