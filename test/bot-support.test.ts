/** What contracts cover and until when it is supported, said and asked in Slack. */
import { importEstate } from '../src/register/import/estate.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'

const REGISTER = `Reference,Title,Supplier,Owner email,Start,End,Value
C-100,Servers,Acme Ltd,olive.owner@trust.example,2024-12-08,2028-12-07,"£800,000"
C-200,Support for SQL Server 2016 SP3,Beta plc,olive.owner@trust.example,2023-12-08,2027-12-07,"£800,000"
`

describe('products', () => {
  const setup = useBotSetup('http', REGISTER, { prepare: (setup) => setup.tell() })
  const type = async (text: string, who: string = PEOPLE.owner) => said(await setup.type(who, text))

  test('whoever answers for a contract says what it covers; the card, support and products have it', async () => {
    expect(await type('cover C-100 Windows Server 2016 as extended support, 200')).toContain(
      'Recorded: it covers Microsoft Windows Server 2016 (extended support, 200). Support until Tue 12 Jan 2027, extended until Sat 12 Jan 2030 (data as at Sat 22 Aug 2026).',
    )
    expect(await type('cover C-100 Windows Server 2016 support 200')).toContain('(support, 200)')
    expect(await type('show C-100')).toMatch(
      /Covers[\s\S]*Microsoft Windows Server 2016 \(support, 200\): support until Tue 12 Jan 2027/,
    )
    expect(await type('support 90d')).toContain('0 findings about support within 90 days')
    const support = await type('support')
    expect(support).toContain('Microsoft Windows Server 2016 (Thu 7 Dec 2028')
    expect(support).toContain('extended support is sold until Sat 12 Jan 2030')
    expect(support).toContain('data as at Sat 22 Aug 2026')
    expect(await type('products')).toContain('C-100 (support, until Thu 7 Dec 2028)')
    // Others may not.
    const others = await type('cover C-100 Windows Server 2019 support', PEOPLE.colleague)
    expect(others).not.toContain('Recorded')
  })

  test('words around it are a sentence still, and what is no release is named', async () => {
    expect(await type('support contracts ending in 2027')).toContain('C-200')
    expect(await type('cover C-100 Windows Server 2077 support')).toContain('was not understood')
    expect(await type('cover C-100')).toContain('Which contract covers what?')
    // `not` that denies nothing that is known is no record.
    for (const denied of [
      ...['Windows Server 2016 licence not', 'Windows Server 2016 licence not for all teams'],
      'Windows XP SP3 extended support custom not for all teams',
    ]) {
      expect(await type(`cover C-100 ${denied}`)).not.toContain('Recorded')
    }
  })

  test('a product in a title is asked about on the card', async () => {
    expect(await type('show C-200')).toContain('Does it cover Microsoft SQL Server 2016 SP3?')
    expect(await type('cover C-200 "SQL Server 2016 SP3" support')).toContain('Recorded')
    expect(await type('show C-200')).not.toContain('Does it cover')
  })

  test('administrators say what words mean; nothing is linked before', async () => {
    const { organisation, database } = setup
    const file = written('slack-estate.csv', 'Product,Count\nWin Srv 2019 Std,12\nOld box,1\n')
    await importEstate(database.pool, file, {
      ...{ organisationId: organisation.id, source: 'estate', team: null, via: 'import' },
      ...{ today: asCivilDate(TODAY), now: new Date(`${TODAY}T09:00:00Z`), byPersonId: null },
    })
    const listed = await type('products')
    expect(listed).toContain('Nothing is linked before you say so')
    expect(listed).toContain('is it Microsoft Windows Server 2019?')
    expect(await type('products "Win Srv 2019 Std" yes')).toContain('Only administrators')
    expect(await type('products "Win Srv 2019 Std" yes', PEOPLE.admin)).toContain(
      'Recorded: that is Microsoft Windows Server 2019. 1 row linked',
    )
    expect(await type('products "Old box" yes', PEOPLE.admin)).toContain('Nothing is proposed')
    expect(await type('products "Old box" is nothing', PEOPLE.admin)).toContain(
      'no product whose end of support is known',
    )
    const uncovered = await type('products uncovered')
    expect(uncovered).toContain('Microsoft Windows Server 2019')
    expect(uncovered).not.toContain('Microsoft Windows Server 2016')
  })

  test('a form adds, changes and takes out what a contract covers, for whoever answers for it', async () => {
    const { contractId, version } = await setup.subjectOf('C-100')
    const subject = { contractId, version, alertIds: [] }
    const open = () => setup.form(PEOPLE.owner, { act: 'covers', subject })
    const covers = () =>
      setup.rows(
        `SELECT product, release, kind, count, for_all AS "all" FROM cover v JOIN contract c ON c.id = v.contract_id
          WHERE c.reference = 'C-100' ORDER BY v.id`,
      )
    await setup.rows('DELETE FROM cover')
    const sends = async (given: Parameters<typeof setup.submit>[2]) =>
      JSON.stringify((await setup.submit(PEOPLE.owner, await open(), given)).errors)
    /** The number of the one cover that there is. */
    const which = async () => {
      const [held] = await setup.rows<{ id: number }>('SELECT id FROM cover')
      return String(held?.id)
    }
    expect(await sends({ product: 'Windows Server 2077' })).toContain('in what way')
    expect(await sends({ product: 'Windows Server 2077', kind: 'support' })).toContain('2077')
    await sends({ product: 'Windows Server 2019', kind: 'support', count: '40' })
    const cover = { product: 'windows-server', count: 40 }
    expect(await covers()).toEqual([{ ...cover, release: '2019', kind: 'support', all: false }])
    const changed = { product: 'Windows Server 2022', kind: 'licence', whom: 'all' }
    await sends({ which: await which(), ...changed })
    expect(await covers()).toEqual([{ ...cover, release: '2022', kind: 'licence', all: true }])
    await sends({ which: await which(), remove: ['remove'] })
    expect(await covers()).toEqual([])
    const card = setup.workspace.as(PEOPLE.owner).command('/contracts', 'show C-100', 'contracts')
    expect(JSON.stringify(await card)).toContain('Products')
  })

  test('a reminder of a release has buttons: somebody is on it, all read who, and it is asked again', async () => {
    await type('cover C-100 Windows Server 2016 support 200')
    await setup.rows('UPDATE team SET ladders_from = NULL')
    await setup.sweep(TODAY)
    await setup.deliver()
    const reminder = () =>
      setup.workspace.ledger.messages.find(({ text }) =>
        text.includes('support of Microsoft Windows Server 2016'),
      )
    const posted = present(reminder())
    const labels = JSON.stringify(posted.blocks)
    for (const label of ['I’m on it', 'Snooze', 'All findings']) expect(labels).toContain(label)
    const [team] = await setup.rows<{ id: number }>('SELECT id FROM team WHERE is_default')
    const of = { teamId: present(team).id, product: 'windows-server', release: '2016' }
    const presses = async (
      act: 'support-ack' | 'support-snooze-1w',
      changes: object = {},
      who: string = PEOPLE.owner,
    ) => said(await setup.pressAction(who, { act, ...of, ...changes }))
    // Of another team, or a guest: not theirs to put off.
    const refused = await presses('support-ack', {}, PEOPLE.colleague)
    expect(refused).toContain('Only people of team')
    expect(await presses('support-ack')).toContain(
      'You are on it: Microsoft Windows Server 2016 is asked about again on',
    )
    await setup.deliver()
    expect(present(reminder()).text).toContain('is on it: asked again on')
    expect(await presses('support-snooze-1w')).toContain('Put off: Microsoft Windows Server 2016')
    const none = await presses('support-ack', { release: '2012' })
    expect(none).toContain('No reminder of Microsoft Windows Server 2012 is open')
    expect(await presses('support-ack', { teamId: 999_999 })).toContain('gone')
  })

  test('explain and preview tell of products, and an update that is not told apart is named', async () => {
    const update = await type('cover C-100 "Exchange 2019 CU14" support')
    expect(update).toContain('CU14 is not told apart here')
    await type('cover C-200 Windows Server 2016 support for all teams')
    const explained = await type('explain C-200')
    expect(explained).toContain('Microsoft Windows Server 2016, told to Default team')
    expect(await type('preview 90d')).toContain('the end of support')
  })

  test('as somebody types it who knows the command line, or says it the other way round', async () => {
    const options = '--product "SQL Server" --release 2019 --kind extended-support --count 7'
    const recorded = await type(`cover C-100 ${options}`)
    expect(recorded).toContain('Microsoft SQL Server 2019 (extended support, 7)')
    expect(await type('products --uncovered')).toContain('in use that no contract covers')
    expect(await type('uncovered products')).toContain('in use that no contract covers')
    for (const asked of ['support --as-of 2027-02-01 --days 30', 'support 30d as of 1 feb 2027']) {
      expect(await type(asked)).toContain('within 30 days, as of Mon 1 Feb 2027')
    }
    expect(await type('personal data')).toContain('Personal data')
    expect(await type('cover C-100 Windows Server 2016')).toContain('in what way')
    // Words of a question all the same.
    expect(await type('support contracts as of march')).not.toContain('findings about support')
  })

  test('a service pack that is open is asked about where the cover is recorded', async () => {
    const recorded = await type('cover C-200 SQL Server 2016 hosting')
    expect(recorded).toContain('Which service pack is it: 2016 SP3, 2016 SP2, 2016 SP1, 2016?')
    expect(recorded).toContain('data as at Sat 22 Aug 2026')
  })
})
