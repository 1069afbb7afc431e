// Loaded before the program in a process of a proof: delivery keeps its proportions and takes less
// time. All else is the program as it runs.
import { DELIVERY_DEFAULTS } from '../dist/src/delivery/rate-limit.js'

Object.assign(DELIVERY_DEFAULTS, JSON.parse(process.env.PROVE_DELIVERY ?? '{}'))
