import { decodeProduceResponse, encodeProduceRequest } from './produce-request.js';
import { encodeRecordBatch } from './record-batch-encoder.js';
import { encodeRecord } from './record-writer.js';

const records = (value: string): Promise<Buffer> =>
  encodeRecordBatch([encodeRecord({ key: Buffer.from('k'), headers: {}, value: Buffer.from(value) })], {
    producerId: 7n,
    producerEpoch: 0,
    firstSequence: 3,
    timeMs: 1_764_000_000_000,
  });

describe('a produce request', () => {
  // Written by kafkajs 2.2.4 for the same messages, with its compression off.
  it('has the bytes that another encoder writes', async () => {
    const batches = [
      { name: 'log.events', partition: 0, records: await records('one') },
      { name: 'log.commands', partition: 1, records: await records('three') },
      { name: 'log.events', partition: 2, records: await records('two') },
    ];
    expect(encodeProduceRequest(batches, 3_000).toString('hex')).toBe(
      'ffffffff00000bb800000002000a6c6f672e6576656e747300000002000000000000004800000000000000000000003c0000000002a6f3ca970000000000000000019ab697e8000000019ab697e80000000000000000070000000000030000000114000000026b066f6e6500000000020000004800000000000000000000003c00000000028c12b3120000000000000000019ab697e8000000019ab697e80000000000000000070000000000030000000114000000026b0674776f00000c6c6f672e636f6d6d616e647300000001000000010000004a00000000000000000000003e000000000278226bcf0000000000000000019ab697e8000000019ab697e80000000000000000070000000000030000000118000000026b0a746872656500',
    );
  });

  it('is answered for every partition, and with how long to wait', () => {
    const text = (value: string): Buffer => Buffer.concat([int(2, value.length), Buffer.from(value)]);
    const int = (bytes: number, value: number): Buffer => {
      const buffer = Buffer.alloc(bytes);
      if (bytes === 8) buffer.writeBigInt64BE(BigInt(value));
      else buffer.writeIntBE(value, 0, bytes);
      return buffer;
    };
    const partition = (index: number, errorCode: number, baseOffset: number): Buffer =>
      Buffer.concat([int(4, index), int(2, errorCode), int(8, baseOffset), int(8, -1), int(8, 0)]);
    const response = Buffer.concat([
      int(4, 2),
      text('log.events'),
      int(4, 2),
      partition(0, 0, 2 ** 40),
      partition(2, 6, -1),
      text('log.commands'),
      int(4, 1),
      partition(1, 0, 5),
      int(4, 250),
    ]);
    expect(decodeProduceResponse(response)).toEqual({
      answers: [
        { name: 'log.events', partition: 0, errorCode: 0, baseOffset: 2 ** 40 },
        { name: 'log.events', partition: 2, errorCode: 6, baseOffset: -1 },
        { name: 'log.commands', partition: 1, errorCode: 0, baseOffset: 5 },
      ],
      throttleMs: 250,
    });
  });
});
