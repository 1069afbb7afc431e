/** Commands about money: extensions, costs, exposure. */
import type { Command } from 'commander'
import { addCosts } from './costs.ts'
import { addExposure } from './exposure.ts'
import { addExtensions } from './extensions.ts'

export function addMoney(cli: Command): void {
  addExtensions(cli)
  addCosts(cli)
  addExposure(cli)
}
