/**
 * The consumer that the documentations of Nest and TypeORM lead to: Transport.KAFKA, an `@EventPattern`, and for each of
 * three entities a find, then a save. It counts a retry twice and keeps its offsets apart from its rows.
 * Usage: stock-consumer.program.js <brokers> <topic> <database URL> <events>
 */
import 'reflect-metadata';
import { Controller, Inject, Module } from '@nestjs/common';
import { Ctx, EventPattern, type KafkaContext, Payload } from '@nestjs/microservices';
import { Column, DataSource, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { registerLz4 } from '../kafkajs-lz4.js';
import { runStockMicroservice } from '../servers/stock-microservice.js';
import { countTo } from '../subscriber/count-to.js';

const [brokers = '', topic = '', url = '', total = '0'] = process.argv.slice(2);
registerLz4();
const counter = countTo(Number(total));

@Entity()
@Index(['tenant', 'name'], { unique: true })
class Agent {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  tenant!: string;

  @Column('text')
  name!: string;

  @Column('timestamptz')
  createdAt!: Date;
}

@Entity()
@Index(['tenant', 'name'], { unique: true })
class Session {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  tenant!: string;

  @Column('text')
  name!: string;

  @Column('text')
  agentName!: string;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  lastEventAt!: Date;

  @Column('int')
  eventCount!: number;

  @Column('int')
  inputTokens!: number;

  @Column('int')
  outputTokens!: number;
}

@Entity()
@Index(['tenant', 'recordedAt'])
class LlmEvent {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  tenant!: string;

  @Column('text', { nullable: true })
  session!: string | null;

  @Column('text')
  agentName!: string;

  @Column('text', { nullable: true })
  model!: string | null;

  @Column('timestamptz')
  recordedAt!: Date;

  @Column('int')
  inputTokens!: number;

  @Column('int')
  outputTokens!: number;
}

interface Body {
  readonly properties: {
    readonly inputs: { readonly model?: string };
    readonly output: { readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number } };
  };
}

@Controller()
class Recording {
  constructor(@Inject(DataSource) private readonly orm: DataSource) {}

  @EventPattern(topic)
  async onRecorded(@Payload() body: object, @Ctx() context: unknown): Promise<void> {
    const headers = (context as KafkaContext).getMessage().headers as unknown as Record<string, string | undefined>;
    const { inputs, output } = (body as Body).properties;
    const event = {
      id: headers['ce_id'] as string,
      tenant: headers['ce_tenant'] as string,
      session: headers['ce_session'] ?? null,
      agentName: headers['ce_agent'] as string,
      model: inputs.model ?? null,
      recordedAt: new Date(headers['ce_time'] as string),
      inputTokens: output.usage.prompt_tokens,
      outputTokens: output.usage.completion_tokens,
    };
    await this.saveAgent(event);
    await this.saveSession(event);
    const events = this.orm.getRepository(LlmEvent);
    if ((await events.findOneBy({ id: event.id })) === null) await events.save(events.create(event));
    counter.count(1);
  }

  private async saveAgent({ tenant, agentName: name, recordedAt }: LlmEvent): Promise<void> {
    const agents = this.orm.getRepository(Agent);
    const found = await agents.findOneBy({ tenant, name });
    await agents.save(found ?? agents.create({ tenant, name, createdAt: recordedAt }));
  }

  private async saveSession({ session: name, ...event }: LlmEvent): Promise<void> {
    if (name === null) return;
    const { tenant, agentName, recordedAt, inputTokens, outputTokens } = event;
    const sessions = this.orm.getRepository(Session);
    const session =
      (await sessions.findOneBy({ tenant, name })) ??
      sessions.create({
        ...{ tenant, name, agentName, createdAt: recordedAt },
        ...{ eventCount: 0, inputTokens: 0, outputTokens: 0 },
      });
    session.lastEventAt = recordedAt;
    session.eventCount += 1;
    session.inputTokens += inputTokens;
    session.outputTokens += outputTokens;
    await sessions.save(session);
  }
}

const orm = await new DataSource({
  type: 'postgres',
  url,
  entities: [Agent, Session, LlmEvent],
  synchronize: true,
}).initialize();

@Module({ controllers: [Recording], providers: [{ provide: DataSource, useValue: orm }] })
class RecordingModule {}

await runStockMicroservice(RecordingModule, { brokers, topic, done: counter.reached });
await orm.destroy();
