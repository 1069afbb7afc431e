/** Products with their releases and ends of support, and what people call them in real words. */
import { createRequire } from 'node:module'
import { addDays, type CivilDate } from './civil-date.ts'

export interface Release {
  /** Its name in the data: `13.0-sp3`. */
  readonly release: string
  /** As its maker writes it: `2016 SP3`. */
  readonly label: string
  /** The last day of support; null where nobody has published it: unknown, never "none". */
  readonly supportEnds: CivilDate | null
  /** The last day of support that is sold beyond that; null where none is known of. */
  readonly extendedEnds: CivilDate | null
}

interface Product {
  readonly product: string
  readonly title: string
  readonly category: string
  /** Where its maker says how long it is supported. */
  readonly policy: string | null
  /** The newest first. */
  readonly releases: readonly Release[]
}

interface ProductData {
  readonly source: string
  readonly licence: string
  readonly asOf: CivilDate
  readonly products: ReadonlyMap<string, Product>
}

type DataFile = Omit<ProductData, 'products'> & {
  readonly products: readonly (readonly [
    string,
    string,
    string,
    string | null,
    readonly (readonly [string, string, CivilDate | null, CivilDate | null])[],
  ])[]
}

let known: ProductData | undefined

/** What endoflife.date said on the day of `asOf`; made by scripts/end-of-life.mjs. Read when first asked for. */
export function productData(): ProductData {
  // This path leads to it from src/rules, from dist/src/rules and from the bundled commands.
  known ??= dataOf(createRequire(import.meta.url)('../../src/rules/end-of-life.json') as DataFile)
  return known
}

function dataOf({ source, licence, asOf, products }: DataFile): ProductData {
  const read = products.map(([product, title, category, policy, releases]): [string, Product] => [
    product,
    {
      ...{ product, title, category, policy },
      releases: releases.map(([release, label, supportEnds, extendedEnds]) => {
        return { release, label, supportEnds, extendedEnds }
      }),
    },
  ])
  return { source, licence, asOf, products: new Map(read) }
}

/** Data that is older than this is asked about. */
const STALE_DAYS = 180

/** What to do about data that is too old; null where it is not. */
export function staleProducts(today: CivilDate): string | null {
  const { asOf } = productData()
  if (today <= addDays(asOf, STALE_DAYS)) return null
  return `The ends of support of products are as at ${asOf}, more than ${STALE_DAYS} days ago: has a newer Lapsewatch them, or will you make them anew (scripts/end-of-life.mjs)?`
}

/** `Microsoft SQL Server 2016 SP3`; of a release that is not in the data, as it was said. */
export function releaseName(product: string, release: string): string {
  const of = productData().products.get(product)
  if (of === undefined) return [product, release].join(' ').trim()
  const own = of.releases.find((each) => each.release === release)
  const label =
    own === undefined
      ? release.toUpperCase()
      : own.label.replace(/ ?['‘][^'’]*['’]| (?:CU|SU|UR)\d+\b/g, '')
  const words = of.title.split(' ')
  const isRepeated = (from: number) =>
    label.toLowerCase().startsWith(`${words.slice(from).join(' ').toLowerCase()} `)
  const from = words.findIndex((_, at) => isRepeated(at))
  return [...words.slice(0, from < 0 ? undefined : from), label].join(' ').trim()
}

/**
 * The releases that what was said may mean: the one of that name, else those of its version, whatever
 * their service pack, edition or update. All of the product where nothing was said.
 */
export function possibleReleases(product: string, release: string): readonly Release[] {
  const of = productData().products.get(product)
  if (of === undefined) return []
  if (release === '') return of.releases
  const own = of.releases.find((each) => each.release === release)
  // A plain version names the first release, and is what people say of all its service packs:
  // Windows Server "2003" ended in 2007 without one, and in 2015 with SP2.
  if (own !== undefined && release.includes('-')) return [own]
  const { releases } = fitting(of, parsed(of, tokensOf(release)))
  return releases.length === 0 && own !== undefined ? [own] : releases
}

/** What is kept of a release: its name in the data where that says which one, else what was said. */
function keptName({ product }: Product, release: Release, said: string): string {
  return possibleReleases(product, release.release).length === 1 ? release.release : said
}

// --- What people call them ------------------------------------------------------------------

interface Reading {
  /** `certain` is still a proposal: a person links, or a register that names product and release. */
  readonly certainty: 'certain' | 'proposed' | 'unknown'
  readonly product: string | null
  /** Its name in the data, or the version as it was said where several releases may be meant. */
  readonly release: string
  readonly possible: readonly Release[]
  /** What is left to be asked. */
  readonly asks: 'release' | 'service pack' | 'edition' | null
  /** Words that were not understood. */
  readonly unread: readonly string[]
}

const UNKNOWN: Omit<Reading, 'unread'> = {
  ...{ certainty: 'unknown', product: null, release: '', possible: [], asks: null },
}

/**
 * One product as somebody wrote it: `Win Srv 2016 Std`, `MS SQL 2016 SP3`, `RHEL8`. Never a link: what
 * may be meant, and how sure that is.
 */
export function readProduct(text: string): Reading {
  const tokens = tokensOf(text)
  if (OTHER_THINGS.test(tokens.join(' '))) return { ...UNKNOWN, unread: tokens }
  const [best, ...others] = readingsOf(tokens)
  if (best === undefined) {
    return { ...UNKNOWN, unread: tokens.filter((each) => !NOISE.has(each)) }
  }
  const isAlone = others.every((each) => saysNoOther(each, best))
  return isAlone ? best : { ...best, certainty: 'proposed' }
}

/** One for each name of a product, the most likely first. */
function readingsOf(tokens: readonly string[]): readonly Reading[] {
  return namesIn(tokens)
    .map(({ alias, rest }) => readAs(alias, rest))
    .filter(({ reading }) => reading.certainty !== 'unknown')
    .sort((a, b) => b.weight - a.weight)
    .map(({ reading }) => reading)
}

/** `Win10 (Windows 10 22H2)` is one release; `.NET 4.8 / .NET 8` are two. */
function saysNoOther(other: Reading, best: Reading): boolean {
  return (
    other.product === best.product &&
    !other.unread.some((each) => /^\d/.test(each)) &&
    best.possible.every((each) => other.possible.includes(each))
  )
}

/** The products that a title or a cell names: `Windows XP, Server 2003 and SQL Server 2005`. */
export function readProducts(text: string): readonly Reading[] {
  const whole = readProduct(text)
  if (whole.certainty === 'certain') return [whole]
  let before: string | null = null
  const pieces: Reading[] = []
  for (const piece of text.split(/[,;+&]|\band\b|\s\/\s/i)) {
    const own = readProduct(piece)
    // `Windows Server 2012 and 2016`
    const read: Reading =
      own.product === null && before !== null && /\d/.test(piece)
        ? readProduct(`${before} ${piece}`)
        : own
    if (read.product === null) continue
    before = productData().products.get(read.product)?.title ?? null
    pieces.push(read)
  }
  return pieces.length > 1 ? pieces : whole.product === null ? [] : [whole]
}

/** What the same words are kept by, however they are spaced. */
export function wordingKey(words: string): string {
  return tokensOf(words).join(' ') || words.trim().toLowerCase()
}

/** A product and a release of the data, or the version of several that may be meant. */
export interface NamedRelease {
  readonly product: string
  readonly release: string
}

/**
 * What somebody chose in words.
 * @returns a sentence where it is no release of the data, with what may have been meant
 */
export function releaseChosen(product: string, release: string): NamedRelease | string {
  const of = productTitled(product)
  if (of !== null) {
    const exact = of.releases.find((each) => isSame(each.release, release))
    if (exact !== undefined) return { product: of.product, release: exact.release }
    const { releases, said, unread } = fitting(of, parsed(of, tokensOf(release)))
    if (unread.length === 0 && (releases.length > 0 || release.trim() === '')) {
      return { product: of.product, release: exactOf(of, release, releases) ?? said }
    }
    // `Windows` and `Server 2019` name another product together.
    const whole = readProduct(`${of.title} ${release}`)
    if (whole.certainty === 'certain' && whole.product !== null) {
      return { product: whole.product, release: whole.release }
    }
    return `${of.title} has no release "${release.trim()}" in the data as at ${productData().asOf}. It has ${some(of.releases)}.`
  }
  const read = readProduct(`${product} ${release}`)
  if (read.product === null) {
    return `"${product.trim()}" is no product whose end of support is known here: products lists what is covered, and the data has ${productData().products.size} products by their names, such as Windows Server.`
  }
  const name = releaseName(read.product, read.release)
  if (read.release === '' && release.trim() !== '') {
    return `"${release.trim()}" is no release of ${name} in the data as at ${productData().asOf}. It has ${some(read.possible)}.`
  }
  const others = readingsOf(tokensOf(`${product} ${release}`)).filter(
    (each) => !saysNoOther(each, read),
  )
  const named = [read, ...others].map((each) => releaseName(each.product ?? '', each.release))
  if (new Set(named).size > 1) {
    return `"${[product, release].join(' ').trim()}" names several: ${[...new Set(named)].join(', ')}. Say it of each by itself.`
  }
  if (read.unread.length > 0) {
    return `"${read.unread.join(' ')}" was not understood. Did you mean ${name}? Then name it so.`
  }
  return { product: read.product, release: read.release }
}

/**
 * What two columns of a register say: a product by its own name and a release of it. Null for
 * anything looser, which is asked about.
 */
export function releaseGiven(product: string, release: string): NamedRelease | null {
  if (release.trim() === '') return null
  const tokens = tokensOf(product)
  const [named, ...more] = namesIn(tokens)
  // What stands beside the name has to be understood: see `releaseChosen`.
  const isName = named !== undefined && more.length === 0 && !named.alias.isWeak
  const titled = productTitled(product)
  if (titled === null && !isName) return null
  const chosen = releaseChosen(product, release)
  if (typeof chosen === 'string' || chosen.release === '') return null
  return titled === null || titled.product === chosen.product ? chosen : null
}

function productTitled(name: string): Product | null {
  const all = [...productData().products.values()]
  return all.find((each) => isSame(each.product, name) || isSame(each.title, name)) ?? null
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.trim().toLowerCase()
}

/** The name of the only release that is meant, unless its service pack is open. */
function exactOf(product: Product, said: string, releases: readonly Release[]): string | null {
  const [one] = releases
  if (one === undefined || releases.length > 1) return null
  const isAsked = asked(product, parsed(product, tokensOf(said)), releases) !== null
  return isAsked || keptName(product, one, '') === '' ? null : one.release
}

function some(releases: readonly Release[]): string {
  const names = [...new Set(releases.map(({ label }) => label.replace(/ ?'[^']*'/g, '')))]
  const left = names.length - 12
  return `${names.slice(0, 12).join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}

interface Alias {
  readonly phrase: string
  readonly products: readonly string[]
  /** By itself it names other things as well. */
  readonly isWeak: boolean
}

/** Phrases as `tokensOf` writes them; `~` before one that by itself names other things as well. */
// biome-ignore format: one product after another, to be read as a table
const CALLED: Readonly<Record<string, string>> = {
  'windows,windows-server': 'windows, win, w, ms windows, ms win, windows os',
  'windows-server':
    'windows server, windows srv, windows svr, win server, win srv, win svr, win serv, wins server, windows serv, winserver, winsrv, winsvr, w server, w srv, ~server, ~srv, ~svr, ~ws',
  'windows-embedded': 'windows embedded, win embedded, ~posready, windows posready',
  'windows-server-core': 'windows server core container, windows container, servercore',
  mssqlserver:
    'sql server, sql srv, sql svr, sqlserver, sqlsrv, mssql, mssql server, ms sql, ms sql server, sql db, sql database, ~sql',
  office: 'office, ms office, office professional plus, office pro plus',
  sharepoint: 'sharepoint, sharepoint server, share point, ms sharepoint',
  msexchange: 'exchange, exchange server, exch, exchg, exch server, exch srv, msexchange, ms exchange',
  dotnetfx: 'dotnet framework, dotnet fx, dotnet fw, dotnetfx, dot net framework',
  dotnet: 'dotnet, dotnet core, dot net core, dot net',
  'visual-studio': 'visual studio, ms visual studio, vis studio, ~vs',
  powershell: 'powershell, pwsh, power shell',
  'vmware-esxi': 'esxi, esx, vmware esxi, vsphere esxi, vsphere hypervisor, vmware esx, ~vsphere, vmware vsphere',
  'vmware-vcenter': 'vcenter, vcenter server, vcsa, vcentre, vcentre server, vsphere vcenter',
  'omnissa-horizon': 'horizon, horizon view, vmware horizon, omnissa horizon, vmware view',
  'vmware-cloud-foundation': 'vcf, cloud foundation, vmware cloud foundation',
  'oracle-database':
    'oracle database, oracle db, oracle rdbms, oracle dbms, oracle database server, ora db, ~oracle, ~ora, oracle enterprise database, oracle rac',
  'oracle-jdk': 'oracle jdk, oracle java, oracle java se, java se, oracle jre, ~java, ~jdk, ~jre',
  'oracle-linux': 'oracle linux, oel, oracle enterprise linux, ~ol',
  'oracle-solaris': 'solaris, oracle solaris, sun solaris',
  rhel:
    'rhel, red hat enterprise linux, redhat enterprise linux, red hat linux, redhat linux, red hat, redhat, rh linux, red hat el, rh el, red hat enterprise',
  sles: 'sles, suse linux enterprise server, suse linux enterprise, suse linux, suse les, ~suse, ~sle',
  ubuntu: 'ubuntu, ubuntu server, ubuntu linux',
  debian: 'debian, debian linux, debian gnu linux',
  centos: 'centos, cent os, centos linux',
  'citrix-vad':
    'citrix virtual apps and desktops, virtual apps and desktops, citrix virtual apps desktops, cvad, citrix vad, xenapp, xendesktop, xenapp and xendesktop, xenapp xendesktop, citrix virtual apps, citrix virtual desktops, ~citrix',
  'cisco-ios-xe': 'ios xe, iosxe, cisco ios xe',
  fortios: 'fortios, forti os, fortigate, fortinet fortios, fortigate fortios',
  'pan-os': 'pan os, panos, palo alto pan os, palo alto, palo alto networks, palo alto networks pan os',
  'veeam-backup-and-replication':
    'veeam, veeam backup, veeam backup and replication, veeam backup replication, veeam vbr, vbr, veeam b r',
  'nutanix-aos': 'nutanix aos, aos, ~nutanix',
  postgresql: 'postgresql, postgres, pgsql, postgre sql, postgres sql',
  mysql: 'mysql, my sql',
  mariadb: 'mariadb, maria db',
  mongodb: 'mongodb, mongo db, mongo, mongodb server',
  redis: 'redis',
  nodejs: 'nodejs, ~node',
  python: 'python',
  php: 'php',
  tomcat: 'tomcat, apache tomcat',
  'apache-http-server': 'apache http server, apache httpd, httpd, apache web server, apache http, ~apache',
  nginx: 'nginx',
  'ibm-aix': 'aix, ibm aix',
  'ibm-db2': 'dbtwo, ibm dbtwo, dbtwo luw',
  'ibm-mq': 'ibm mq, websphere mq, wmq, mqseries, mq series, ~mq',
  zabbix: 'zabbix, zabbix server',
  splunk: 'splunk, splunk enterprise',
  'jira-software': 'jira, jira software, atlassian jira',
  confluence: 'confluence, atlassian confluence',
  gitlab: 'gitlab, git lab',
  'proxmox-ve': 'proxmox, proxmox ve, pve',
  ios: 'apple ios, ios, iphone ios, iphone os',
  macos: 'macos, mac os, mac os x, macosx, osx, os x, apple macos',
  android: 'android, android os',
  'samsung-mobile': 'samsung mobile, samsung galaxy, galaxy, samsung',
  surface: 'surface, microsoft surface, ms surface',
  moodle: 'moodle',
  drupal: 'drupal',
  wordpress: 'wordpress, word press',
}

/** Other things that are called nearly so, and have no ends in the data. */
const OTHER_THINGS = new RegExp(
  `\\b(?:${[
    'office 365|m365|o365|microsoft 365|ms 365|windows 365|exchange online|sharepoint online',
    'azure sql|sql azure|azure(?! connect)|visual studio code|vs code|open ?jdk|centos stream',
    'sql developer|management studio|reporting services|windows defender|windows admin center',
    'oracle (?:vm|cloud|ebs|apps|fusion|forms)|business suite|openshift|javascript|jboss',
    'veeam one|cisco ios(?! xe)|samsung knox|mac mini',
  ].join('|')})\\b`,
)

const ALIASES: ReadonlyMap<string, readonly Alias[]> = aliasesByFirst()

function aliasesByFirst(): Map<string, Alias[]> {
  const aliases = new Map<string, Alias[]>()
  for (const [names, phrases] of Object.entries(CALLED)) {
    for (const called of phrases.split(', ')) {
      const phrase = called.replace('~', '')
      const first = phrase.split(' ')[0] ?? ''
      const alias = { phrase, products: names.split(','), isWeak: called.startsWith('~') }
      aliases.set(first, [...(aliases.get(first) ?? []), alias])
    }
  }
  return aliases
}

/**
 * Every product that these words name, each with the words up to the next name; the first with those
 * before it, too. Of names within a name the longest counts.
 */
function namesIn(tokens: readonly string[]) {
  const found: { readonly alias: Alias; readonly from: number; readonly to: number }[] = []
  tokens.forEach((token, at) => {
    if (at < (found.at(-1)?.to ?? 0)) return
    const fits = (ALIASES.get(token) ?? []).filter(({ phrase }) => {
      const words = phrase.split(' ')
      // One letter is a name only before a figure: `W10`.
      if (phrase.length === 1 && !/^\d/.test(tokens[at + 1] ?? '')) return false
      return words.every((word, index) => tokens[at + index] === word)
    })
    const alias = fits.sort((a, b) => b.phrase.length - a.phrase.length)[0]
    if (alias !== undefined)
      found.push({ alias, from: at, to: at + alias.phrase.split(' ').length })
  })
  // What names other things as well ends nothing: `RHEL Server 8`.
  // But of another product, with its version: `SQL 2016 on Windows Server 2019`.
  const strong = found.filter(({ alias }) => !alias.isWeak)
  const ends = (own: Alias) =>
    found.filter(
      ({ alias, to }) =>
        !alias.isWeak ||
        (!/^(?:server|srv|svr)$/.test(alias.phrase) &&
          /^\d/.test(tokens[to] ?? '') &&
          strong.length > 0 &&
          !alias.products.some((each) => own.products.includes(each))),
    )
  return found.map(({ alias, from, to }) => {
    const until = ends(alias).find((each) => each.from >= to)?.from ?? tokens.length
    const since = ends(alias).some((each) => each.from < from) ? from : 0
    return { alias, rest: [...tokens.slice(since, from), ...tokens.slice(to, until)] }
  })
}

/** The reading with its weight: what names a release goes before what names only a product. */
function readAs({ products, isWeak, phrase }: Alias, rest: readonly string[]) {
  const tries = products.flatMap((name) => {
    const product = productData().products.get(name)
    if (product === undefined) return []
    const words = parsed(product, rest)
    return [{ product, words, ...fitting(product, words) }]
  })
  const [best, next] = tries.sort((a, b) => b.score - a.score)
  const unknown: Reading = { ...UNKNOWN, unread: rest }
  if (best === undefined) return { reading: unknown, weight: 0 }
  const { product, words, releases, score, said, unread } = best
  // Names that are used for other things count only where nothing else is said.
  if (isWeak && (releases.length === 0 || unread.length > 0)) return { reading: unknown, weight: 0 }
  const asks = asked(product, words, releases)
  const one = releases.length === 1 && asks === null ? releases[0] : undefined
  const isCertain = one !== undefined && unread.length === 0 && !isWeak && next?.score !== score
  const reading: Reading = {
    certainty: isCertain ? 'certain' : 'proposed',
    product: product.product,
    release: one === undefined ? said : keptName(product, one, said),
    possible: releases.length === 0 ? product.releases : releases,
    asks,
    unread,
  }
  return { reading, weight: score * 100 + phrase.length - (isWeak ? 50 : 0) - unread.length }
}

function asked(product: Product, words: Words, releases: readonly Release[]): Reading['asks'] {
  if (releases.length === 0) return 'release'
  const hasPack = (each: Release) => partsOf(product, each).pack !== null
  // A service pack that nobody named may be another than the only one that the data has.
  if (words.pack === null && !words.isFirst && releases.some(hasPack)) return 'service pack'
  if (releases.length === 1) return null
  const versions = new Set(releases.map((each) => partsOf(product, each).versions.join(' ')))
  return versions.size === 1 ? 'edition' : 'release'
}

// --- Words and releases, taken apart --------------------------------------------------------

/** What was said besides the product's name. */
interface Words {
  readonly versions: readonly string[]
  /** `sp3` */
  readonly pack: string | null
  /** Without a service pack: RTM. */
  readonly isFirst: boolean
  /** Null: of one version, and not of another. */
  readonly isR2: boolean | null
  readonly others: readonly string[]
}

const PACK = /^sp\d+[a-z]?$/

function parsed({ product, category }: Product, all: readonly string[]): Words {
  const own = (OWN_WORDS[product] ?? ((each: readonly string[]) => each))(all)
  // `2019+` is of devices alone another one than 2019.
  const tokens = category === 'device' ? own : own.map((each) => each.replace(/^(\d.*)\+$/, '$1'))
  const packs = new Set(tokens.filter((each) => PACK.test(each)))
  const years = tokens.flatMap((each, at) =>
    /^\d{4}$/.test(each) ? [tokens[at + 1] === 'r2'] : [],
  )
  return {
    versions: tokens.filter((each) => /^\d/.test(each)),
    // Of several it is not known which.
    pack: packs.size === 1 ? ([...packs][0] ?? null) : null,
    isFirst: tokens.includes('rtm') && packs.size === 0,
    isR2: years.includes(true) && years.includes(false) ? null : tokens.includes('r2'),
    others: tokens.filter((each) => !/^\d/.test(each) && !PACK.test(each) && each !== 'r2'),
  }
}

/** How makers number the same thing in two ways. */
const OWN_WORDS: Readonly<Record<string, (tokens: readonly string[]) => readonly string[]>> = {
  // Long-term releases are named by their year.
  windows: (tokens) => {
    if (!tokens.some((each) => /^lts[bc]?$/.test(each))) return tokens
    const years = tokens.flatMap((each) => LONG_TERM[each] ?? [])
    return [...new Set([...tokens.filter((each) => LONG_TERM[each] === undefined), ...years])]
  },
  // Its service packs are numbered like minor versions.
  sles: (tokens) => {
    const packs = tokens.filter((each) => PACK.test(each)).map((each) => each.slice(2))
    const major = tokens.find((each) => /^\d+$/.test(each))
    if (packs.length === 0 || major === undefined) return tokens
    const versions = packs.map((pack) => `${major}.${pack}`)
    return [...tokens.filter((each) => each !== major && !PACK.test(each)), ...versions]
  },
  'oracle-jdk': (tokens) => tokens.map((each) => each.replace(/^1\.([5-9])(?=\.|$)/, '$1')),
  // Of what is sold as `7 1912`, the second is the release.
  'citrix-vad': (tokens) =>
    tokens.some((each) => /^\d{4}$/.test(each)) ? tokens.filter((each) => each !== '7') : tokens,
  // `17.09.04a` is 17.9.
  'cisco-ios-xe': (tokens) => tokens.map((each) => each.replace(/\.0+(?=\d)/g, '.')),
  // What follows a device is its model: `iOS 16.7 iPhone 8`.
  ios: (tokens) => tokens.filter((_, at) => !/^i(?:phone|pad)$/.test(tokens[at - 1] ?? '')),
  msexchange: (tokens) => tokens.map((each) => (each === 'se' ? 'subscription' : each)),
  sharepoint: (tokens) => tokens.map((each) => (each === 'se' ? 'subscription' : each)),
}

const LONG_TERM: Readonly<Record<string, readonly string[]>> = {
  2015: ['10', '1507'],
  2016: ['10', '1607'],
  2019: ['10', '1809'],
  2021: ['10', '21h2'],
  2024: ['11', '24h2'],
}

/** Which channel of Windows an edition is of. */
const EDITION: Readonly<Record<string, string>> = {
  ...{ enterprise: 'e', ent: 'e', education: 'e', edu: 'e', e: 'e' },
  ...{ pro: 'w', professional: 'w', home: 'w', w: 'w' },
  ...{ ltsc: 'lts', ltsb: 'lts', lts: 'lts', iot: 'iot' },
}

const CHANNELS = new Set(['e', 'w', 'lts', 'iot'])

interface ReleaseParts {
  readonly versions: readonly string[]
  readonly pack: string | null
  readonly isR2: boolean
  /** Channels and editions in its name: `e`, `lts`, `acp`. */
  readonly marks: readonly string[]
  /** Words of its label, code names among them. */
  readonly names: readonly string[]
}

const parts = new WeakMap<Release, ReleaseParts>()

function partsOf(product: Product, release: Release): ReleaseParts {
  const before = parts.get(release)
  if (before !== undefined) return before
  const title = new Set(tokensOf(product.title))
  const code = tokensOf(release.release.replaceAll('-', ' '))
  const label = tokensOf(release.label.replaceAll(/['()]/g, ' ')).filter((each) => !title.has(each))
  const isVersion = (each: string) => /^\d/.test(each)
  const versions = [...new Set([...code, ...label].filter(isVersion))]
  const made: ReleaseParts = {
    // `8.2312` is called by its last part alone, too.
    versions: [...versions, ...versions.flatMap((each) => /\.(\d{4})$/.exec(each)?.[1] ?? [])],
    pack: code.find((each) => PACK.test(each)) ?? null,
    isR2: code.includes('r2') || label.includes('r2'),
    marks: code.filter((each) => !isVersion(each) && !PACK.test(each) && each !== 'r2'),
    names: label.filter((each) => !isVersion(each) && !PACK.test(each)),
  }
  parts.set(release, made)
  return made
}

/** Marks that are meant only where they are said; of the others any may be meant. */
const SAID_ONLY = new Set(['acp', 'mac', 'ltsc', 'xfr', 'iot'])

/**
 * The releases that fit, by how much of what was said each has: more versions first, then the nearer
 * ones. `unread`: what fits none.
 */
function fitting(product: Product, words: Words) {
  if (product.category === 'device') return fittingDevices(product, words)
  const isNumbered = product.releases.some((each) => partsOf(product, each).pack !== null)
  const all = product.releases.map((release) => {
    const own = partsOf(product, release)
    const near = words.versions.map((each) => nearness(product, each, own.versions))
    return { release, own, near, count: near.filter((each) => each > 0).length }
  })
  const offered = editionsOffered(product, all)
  const scored = all
    .filter(({ own }) => words.isR2 === null || own.isR2 === words.isR2)
    .filter(({ own }) => own.marks.every((mark) => !SAID_ONLY.has(mark) || isSaid(mark, words)))
    .filter(({ own }) => isOfEdition(product, own, words, offered))
    .map(({ release, own, near, count }) => {
      const named = words.others.filter(
        (each) => own.names.includes(each) || own.marks.includes(each),
      )
      const score = near.reduce((sum, each) => sum + each, 0)
      return {
        release,
        own,
        near,
        named,
        count,
        score,
        names: named.filter((each) => !NOISE.has(each) || isOwnName(each, own)).length,
      }
    })
    .filter(({ count, names }) => count > 0 || names > 0)
  const most = (of: typeof scored, by: (each: (typeof scored)[number]) => number) => {
    const top = Math.max(...of.map(by))
    return of.filter((each) => by(each) === top)
  }
  let left = scored
  if (left.length > 0) {
    left = most(left, ({ count }) => count)
    left = most(left, ({ score }) => score)
    left = most(left, ({ named }) => named.length)
  }
  const packed = left.filter(({ own }) =>
    words.isFirst ? own.pack === null : words.pack === null || own.pack === words.pack,
  )
  const hasPack = !isNumbered || (words.pack === null && !words.isFirst) || packed.length > 0
  if (packed.length > 0 && isNumbered) left = packed
  const first = left[0]
  // A version that names another release is not passed over: which of them is asked.
  const others = words.versions.flatMap((_, at) =>
    left.length === 0 || left.some(({ near }) => (near[at] ?? 0) > 0)
      ? []
      : all.filter(({ near }) => (near[at] ?? 0) > 0),
  )
  const meant = [...left, ...others]
  const hasChannels =
    product.product === 'windows' &&
    left.some(({ own }) => own.marks.some((each) => CHANNELS.has(each)))
  const isMatched = (each: string) => left.some(({ named }) => named.includes(each))
  const versions = words.versions.filter((_, at) => meant.some(({ near }) => (near[at] ?? 0) > 0))
  const pack = isNumbered && hasPack ? (words.pack ?? (words.isFirst ? 'rtm' : null)) : null
  const unread = [
    ...words.versions.filter((each) => !versions.includes(each)),
    ...words.others.filter(
      (each) => (!NOISE.has(each) && !isMatched(each)) || isNotOffered(each, offered),
    ),
    ...(hasPack || words.pack === null ? [] : [words.pack]),
  ]
  // Read again, it means the same releases.
  const said = [
    ...[...versions, words.isR2 === false ? null : 'r2', pack],
    ...words.others.filter(
      (each) => isMatched(each) || (hasChannels && EDITION[each] !== undefined),
    ),
  ]
  return {
    releases: [...new Set(meant.map(({ release }) => release))],
    score: first === undefined ? 0 : first.count + first.score / 1000 + first.names,
    said: left.length === 0 ? '' : said.filter((each) => each !== null).join(' '),
    unread,
  }
}

/** `subscription` is a release's whole name, and a word of many licences. */
function isOwnName(word: string, { marks }: ReleaseParts): boolean {
  return word.length > 3 && marks.includes(word)
}

function isSaid(mark: string, { others }: Words): boolean {
  return others.includes(mark) || (mark === 'acp' && others.includes('azure'))
}

/** The channels of the versions that were said; null where editions make no difference. */
function editionsOffered(
  { product }: Product,
  all: readonly { readonly own: ReleaseParts; readonly count: number }[],
): ReadonlySet<string> | null {
  if (product !== 'windows') return null
  const most = Math.max(...all.map(({ count }) => count))
  const marks = all.flatMap(({ own, count }) => (count === most ? own.marks : []))
  const channels = marks.filter((mark) => CHANNELS.has(mark))
  return channels.length === 0 ? null : new Set(channels)
}

/** An edition that no release of this version has: it is asked about, and the version counts. */
function isNotOffered(word: string, offered: ReadonlySet<string> | null): boolean {
  const channel = EDITION[word]
  return channel !== undefined && offered !== null && !offered.has(channel)
}

function isOfEdition(
  { product }: Product,
  { marks }: ReleaseParts,
  { others }: Words,
  offered: ReadonlySet<string> | null,
): boolean {
  if (product !== 'windows') return true
  const said = others.filter((each) => !isNotOffered(each, offered))
  const wanted = new Set(said.flatMap((each) => EDITION[each] ?? []))
  const channels = marks.filter((mark) => CHANNELS.has(mark))
  if (channels.length === 0 || wanted.size === 0) return true
  // Those for devices are all called Enterprise.
  if (wanted.has('iot')) wanted.delete('e')
  return [...wanted].every((each) => channels.includes(each))
}

/** How near a version that was said is to one of a release: 0 for not at all. */
function nearness({ product }: Product, said: string, versions: readonly string[]): number {
  const of = versions.map((version) => {
    if (version === said) return 900
    // `19.3` is a patch of 19.
    if (said.startsWith(`${version}.`)) return 100 + version.length
    if (!version.startsWith(`${said}.`)) return 0
    // `6` may be any of 6.0, 6.5 and 6.7, and Solaris 11 any update of it; Windows 8 is not 8.1.
    return said.includes('.') || product === 'windows' || product === 'dotnetfx' ? 50 : 900
  })
  return Math.max(0, ...of)
}

/** Devices are names more than numbers: all that was said is in the name, and the shortest one is meant. */
function fittingDevices(product: Product, words: Words) {
  const said = [...words.versions, ...words.others].filter((each) => !DEVICE_NOISE.has(each))
  const fits = product.releases.filter((each) => {
    const names = deviceWords(product, each)
    return said.length > 0 && said.every((word) => names.includes(word))
  })
  const same = fits.filter((each) => deviceWords(product, each).length === said.length)
  const releases = same.length > 0 ? same : fits
  const isFound = releases.length > 0
  return {
    releases,
    score: isFound ? said.length : 0,
    said: isFound ? said.join(' ') : '',
    unread: isFound ? [] : said,
  }
}

function deviceWords(product: Product, { release }: Release): string[] {
  const title = new Set(tokensOf(product.title))
  return tokensOf(release.replaceAll('-', ' ')).filter(
    (each) => !title.has(each) && !DEVICE_NOISE.has(each),
  )
}

const DEVICE_NOISE = new Set(['galaxy', 'for', 'business', 'gb', 'microsoft', 'ms', 'samsung'])

/** Words that say nothing of the release: makers, editions, licences, and what stands around a name. */
const NOISE: ReadonlySet<string> = new Set(
  (
    'microsoft ms msft vmware oracle ibm apache cisco citrix sun apple atlassian suse red hat redhat broadcom omnissa fortinet ' +
    'std standard stnd stan ent enterprise ee se se2 sb dc datacenter datacentre data center centre dce essentials web express exp ' +
    'developer dev pro professional plus proplus home ultimate business education edu core server srv svr edition ed edn ' +
    'licence licences license licenses lic lics cal cals user users device per cores processor processors proc cpu ' +
    'x os operating system db database rdbms ga rtm lts ltsc ltsb ltsr lte esr els els extended mainstream long term channel ' +
    'build version ver release rel update patch cluster clustered rac node iphone ipad on prem premise premises vm vms virtual guest host physical ' +
    'support supported maintenance esu esm volume vl mak kms sa software assurance security updates ' +
    'eng english en uk gb the of for and with a b c d h e w to in from incl including our all instance instances linux unix ' +
    'custom agreement contract renewal subscription annual legacy fp hotfix hf gui full install installation desktop experience on ' +
    'workstation workstations laptop laptops desktops pc pcs servers appliance firewall bit sbs ac sac u community ' +
    'replication backup networks foundation series'
  ).split(/\s+/),
)

/** Lower case, in words and versions: letters and figures apart, patches left out. */
function tokensOf(text: string): string[] {
  const spread = text
    .replace(/[®™©]/g, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\bwin(?=xp|vista)/g, 'win ')
    .replace(/\b(?:64|32)[\s-]?bit\b|\bx(?:64|86)(?:_64)?\b|\bamd64\b/g, ' ')
    .replace(/\bnode[.\s]?js\b/g, ' nodejs ')
    .replace(/\bdot ?net\b|\.net\b/g, ' dotnet ')
    .replace(/\bdb2\b/g, ' dbtwo ')
    // `2k8`, `w2k16`, `win2k`
    .replace(/(?<!\d)2k(\d{1,2})?(?!\d)/g, (_, year) => ` ${2000 + Number(year ?? 0)} `)
    .replace(/\b(?:service ?pack|serv ?pack|s\.?p\.?) ?(\d)/g, ' sp$1 ')
    // `12cR2` and `11g Release 2` are 12.2 and 11.2
    .replace(/\b(\d{1,2})[cgi] ?(?:r|rel|release) ?(\d)\b/g, ' $1.$2 ')
    .replace(/\b(\d{1,2})(?:c|g|i|ai)\b/g, ' $1 ')
    // `7.2 TL5` and `7200-05` are 7.2.5
    .replace(/\b(\d\.\d) ?(?:tl|technology level) ?(\d)\b/g, ' $1.$2 ')
    .replace(/\b(\d)(\d)00-0(\d)(?:-\d+)*\b/g, ' $1.$2.$3 ')
    .replace(/\b(?:release|rel) ?2\b/g, ' r2 ')
    .replace(UPDATES, ' ')
    .replace(/\bv(?:er(?:sion)?)?\.? ?(?=\d)/g, ' ')
    .replace(/(\d)\.x\b/g, '$1')
    .replace(/(\d)(sp\d|r2)/g, '$1 $2')
    .replace(/\br2(?=[a-z])/g, 'r2 ')
    .replace(/\bw(?=\d)/g, 'w ')
    .replace(/([a-z]{2,})(?=\d)/g, (word) => (word === 'sp' ? word : `${word} `))
    .replace(/(\d{4})(?=[a-z]{2,})/g, '$1 ')
  return spread.match(/\d+h[12]\b|\d+(?:\.\d+)*\+?|[a-z][a-z0-9]*\+?/g) ?? []
}

/** `CU14`, `KB5001`, `7u3`: updates of a release have no end of support of their own. */
const UPDATES =
  /\b(?:cu|su|ur|hf|kb|build|cumulative update|update|upd|patch|ga|mr|fp) ?#?\d[\w.]*|(?<=\d)u\d+[a-z]?\b|\bu\d+[a-z]?\b/gi

/** The updates that somebody named and that no release tells apart, as they were written. */
export function updatesNamed(text: string): readonly string[] {
  return [...new Set(text.match(UPDATES) ?? [])].map((each) => each.trim())
}
