import { personKey } from '@logbook/contracts';
import { personFact } from '@logbook/core';
import type { PersonRow } from '@logbook/projections';
import { People, type PersonName, type PersonView, type NotAppended, type Unavailable } from '../http/use-cases.js';
import { orUnavailable, unavailable } from '../unavailable.js';
import type { EntityOptions } from './agents.js';

type Found = { readonly outcome: 'FOUND'; readonly person: PersonView };
type NotFound = { readonly outcome: 'PERSON_NOT_FOUND' };

/** People: properties are kept and shown as the literal text that was sent. */
export class ProjectedPeople extends People {
  constructor(private readonly options: EntityOptions) {
    super();
  }

  override get(name: PersonName): Promise<Found | NotFound | Unavailable> {
    return orUnavailable(() => this.find(name));
  }

  override create(
    person: PersonName & { readonly propertiesJson: string | null },
  ): Promise<Found | Unavailable | NotAppended> {
    return orUnavailable(async () => {
      const { writer, facts } = this.options;
      const written = await writer.write({
        ...writer.attributes(person.tenant),
        type: 'com.logbook.person.register.v1',
        personId: person.personId,
        propertiesJson: person.propertiesJson,
      });
      if (written !== 'VISIBLE') return written;
      await facts.remember([personFact(person.tenant, person.personId)]);
      return this.written(person);
    });
  }

  override update(
    person: PersonName & { readonly propertiesJson: string },
  ): Promise<Found | NotFound | Unavailable | NotAppended> {
    return orUnavailable(async () => {
      const current = await this.find(person);
      if (current.outcome !== 'FOUND') return current;
      const { writer } = this.options;
      const written = await writer.write({
        ...writer.attributes(person.tenant),
        type: 'com.logbook.person.update.v1',
        personId: person.personId,
        propertiesJson: person.propertiesJson,
      });
      return written === 'VISIBLE' ? this.written(person) : written;
    });
  }

  private async find({ tenant, personId }: PersonName): Promise<Found | NotFound | Unavailable> {
    const { reader, visibility } = this.options;
    const found = await visibility.find(personKey(tenant, personId), () => reader.person(tenant, personId));
    if (found.outcome === 'ABSENT') return { outcome: 'PERSON_NOT_FOUND' };
    return found.outcome === 'FOUND' ? { outcome: 'FOUND', person: viewOf(found.value) } : found;
  }

  /** What was just written and is visible; absent only if a generation was dropped in between. */
  private async written(name: PersonName): Promise<Found | Unavailable> {
    const found = await this.find(name);
    return found.outcome === 'PERSON_NOT_FOUND' ? unavailable('the projections are being rebuilt') : found;
  }
}

const viewOf = (row: PersonRow): PersonView => ({
  personId: row.personId,
  propertiesJson: row.propertiesJson,
  createdAt: new Date(row.createdAtMs),
});
