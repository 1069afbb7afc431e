import { Command } from 'commander'
import { GROUPS, groupsFor } from '../src/cli/index.ts'

test('each command is made by the file that is loaded for it', async () => {
  for (const { names, load } of GROUPS) {
    const cli = new Command()
    const add = await load()
    add(cli)
    expect(cli.commands.map((command) => command.name())).toEqual(names)
  }
})

test('a name that is no command loads them all, so that help and a near miss know each', () => {
  expect(groupsFor('due')).toHaveLength(1)
  for (const typed of [undefined, '--help', 'help', 'duw']) expect(groupsFor(typed)).toBe(GROUPS)
})
