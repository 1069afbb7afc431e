import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { asCivilDate } from '../src/rules/civil-date.ts'
import {
  possibleReleases,
  productData,
  readProduct,
  readProducts,
  releaseChosen,
  releaseGiven,
  releaseName,
  staleProducts,
} from '../src/rules/products.ts'

/**
 * An estate in real words, by product: what each row means, by hand. A release of the data, or, where
 * several may be meant, the version that was said; `-` where the data has no such product.
 */
const ROWS = `
windows-server: Win Srv 2016 Std = 2016 · W2K16 DC = 2016 ·
  Win Srv 2016 Std (16 core lic) = 2016 · Windows Server 2016 / SQL 2016 SP2 = 2016 ·
  Windows 2016 server (Core) = 2016 · Windows Server 2012 R2 Standard = 2012-r2 ·
  Win2012R2 = 2012-r2 · win server 2012r2 std x64 = 2012-r2 · W2K12R2 = 2012-r2 ·
  Win2k8 R2 Ent = 2008 r2 · Win2k8 R2 Ent x64 = 2008 r2 · WS2019 = 2019 ·
  Microsoft® Windows Server® 2019 Essentials = 2019 ·
  Windows Server 2019 Std – Cluster Node 2 = 2019 · WS2019 DC = 2019 ·
  Windows Server IoT 2019 for Storage = 2019 · Windows 2022 Datacenter = 2022 ·
  Microsoft Windows Server 2025 Standard x64 = 2025 · Server 2003 = 2003 ·
  Windows Server 2003 SP2 = 2003-sp2 · Win Server 2008 = 2008 ·
  windows server 2008 service pack 2 = 2008-sp2 · Win Svr 2012 Foundation = 2012 ·
  Windows Server version 20H2 = 20h2-sac
mssqlserver: MS SQL 2016 SP3 = 13.0-sp3 · MS SQL Server 2012 SP4 = 11.0-sp4 ·
  SQL Server 2014 = 2014 · SQL2019 Std = 15.0 · MS SQL Server 2019 CU22 = 15.0 ·
  Microsoft SQL Server 2019 Standard (CU27) = 15.0 · SQL Server 2017 Enterprise Core = 14.0 ·
  MSSQL 2022 = 16.0 · SQL2022 Dev = 16.0 · SQL 2008 R2 SP3 = 10.50-sp3 ·
  SQL Srv 2008R2 SP3 = 10.50-sp3 · sql server 2008r2 = 2008 r2 · SQL Server 2005 SP4 = 9.0-sp4 ·
  SQL Server 2005 = 2005 · SQL Svr 2016 = 2016 ·
  SQL Server 2016 SP3 Azure Connect Pack = 13.0-sp3-acp · SQL 2000 SP4 = 8.0-sp4 ·
  SQL Server 2014 SP3 Std = 12.0-sp3 · MSSQL 2014 SP3 Ent Core = 12.0-sp3 ·
  SQL Server 2016 RTM = 2016 rtm · MSSQL2012 = 2012 · sql server 2012 = 2012
windows: W10 22H2 = 10-22h2 · Win10 Pro 22H2 = 10-22h2 · Windows XP = xp ·
  Windows XP SP3 = 5-sp3 · WinXP Pro SP3 = 5-sp3 · WinXP SP3 MRI console = 5-sp3 · Win 7 Ent = 7 ·
  Windows 7 SP1 64-bit = 7-sp1 · Win 7 Pro SP1 (lab PCs) = 7-sp1 · Windows 8.1 Pro = 8.1 ·
  Windows 10 Enterprise LTSC 2019 = 10-1809-e-lts ·
  Windows 10 IoT Enterprise LTSC 2019 = 10-1809-e-lts ·
  Windows 10 IoT Enterprise LTSC 2021 = 10-21h2-iot-lts · Win 10 Ent LTSB 2016 = 10-1607-e-lts ·
  Windows 11 Pro 23H2 = 11-23h2-w · W11 24H2 Enterprise = 11 24h2 enterprise · Windows 11 = 11 ·
  Windows 10 Home 21H1 = 10-21h1 · Windows Vista SP2 = 6-sp2 ·
  Windows 11 Enterprise 23H2 = 11-23h2-e · Win 11 Pro 24H2 = 11-24h2-w ·
  Win10 LTSC 2021 = 10-21h2-e-lts
msexchange: Exch 2019 = 2019 · Microsoft Exchange Server 2019 Enterprise = 2019 ·
  Exch 2019 CU14 = 2019 · Exchange Server 2016 CU23 = 2016 · MS Exchange 2013 = 2013 ·
  Exchange 2010 SP3 = 2010 · Exchange SE = subscription ·
  Exchange Server Subscription Edition = subscription
vmware-esxi: ESXi 8.0 U2 = 8.0 · VMware vSphere 8 = 8.0 · ESXi8.0u2 = 8.0 ·
  VMware ESXi 7.0 U3 = 7.0 · vSphere ESXi 7.0 U3 = 7.0 · ESX 6.5 = 6.5 · ESXi 6.7u3 = 6.7 ·
  ESXi 6 = 6
oracle-database: Oracle DB 19c EE = 19 · Oracle 19c = 19 · Oracle RAC 19c = 19 ·
  Oracle Database 12.2.0.1 = 12.2 · Oracle DB 12cR2 = 12.2 · Oracle 12cR2 EE RAC = 12.2 ·
  Oracle 11g R2 = 11.2 · Ora DB 11gR2 (11.2.0.4) = 11.2 · Oracle 12c = 12 ·
  Oracle Database 21c XE = 21 · Oracle 23ai = 23
rhel: RHEL8 = 8 · Red Hat Ent Linux Server release 8.10 (Ootpa) = 8 ·
  Red Hat Enterprise Linux 7.9 = 7 · RHEL 7 ELS = 7 · RHEL 7.9 ELS = 7 · RHEL Server 9 = 9 ·
  Redhat 6 = 6
-: Exchange Online Plan 2 · SharePoint Online · Microsoft 365 E3 · O365 E5 · Office 365 ·
  VS Code · OpenJDK 17 · CentOS Stream 9 · Citrix NetScaler 13.1 · Cisco IOS 15.2 ·
  Apache Kafka 3.4 · Dell PowerEdge R740 · Adobe Acrobat Pro 2020 · SAP HANA 2.0 SPS05 ·
  Cerner Millennium 2018 · McAfee ePO 5.10 · Old box under the stairs ·
  SQL Server 2016 Reporting Services · HP ProLiant Server 2012 · OpenJDK 11 (Temurin)
sharepoint: SharePoint 2016 = 2016 · MS SharePoint Server 2019 Ent = 2019 ·
  SharePoint Subscription Edition = subscription ·
  SharePoint Server Subscription Edition = subscription
office: Office 2016 Std = 2016 · Office ProPlus 2016 = 2016 · MS Office Pro Plus 2019 = 2019 ·
  Office LTSC 2024 = 2024-ltsc · Office LTSC 2024 Std = 2024-ltsc · Office 2021 = 2021 ·
  Office 2010 = 2010 · MS Office Mac 2011 = 2011-for-mac
dotnetfx: .NET Framework 4.8 = 4.8 · .NET FW 3.5 SP1 = 3.5-sp1
dotnet: .NET 8 = 8 · dotnet core 3.1 = 3.1
visual-studio: Visual Studio 2022 17.12 = 17.12 · Visual Studio 2019 = 2019
powershell: PowerShell 7.4 = 7.4
vmware-vcenter: vCenter 7 = 7.0 · VMware vCenter Server 8.0 = 8.0 · VCSA 6.7 = 6.7
vmware-cloud-foundation: VCF 5.2 = 5.2 · VMware Cloud Foundation 4.5 = 4.5
omnissa-horizon: Horizon 8 2312 = 8.2312 · VMware Horizon 7.10 = 7.10
oracle-jdk: Java 8 = 8 · JRE 1.8 = 8 · Oracle Java SE 8u401 = 8 · Oracle JDK 17 = 17 ·
  JDK 17 LTS = 17 · Java SE 11 = 11
oracle-linux: Oracle Linux 7.9 = 7 · OEL 8 = 8 · OL8.9 = 8
oracle-solaris: Solaris 10 = 10 · Solaris 10 SPARC 1/13 = 10 · Oracle Solaris 11.4 SRU 60 = 11.4 ·
  Sun Solaris 9 = 9
sles: SLES 15 SP5 = 15.5 · SLES 15 SP5 for SAP = 15.5 ·
  SUSE Linux Enterprise Server 12 SP5 = 12.5 · SLES 12 = 12 · SLES11SP4 = 11.4
ubuntu: Ubuntu 20.04 LTS = 20.04 · Ubuntu Server 22.04.3 = 22.04 · Ubuntu Jammy = 22.04 ·
  Ubuntu 22.04.4 LTS (Jammy) = 22.04 · ubuntu 18.04 = 18.04 · Ubuntu Bionic = 18.04
debian: Debian 11 Bullseye = 11 · Debian 10 = 10 · Debian bookworm = 12
centos: CentOS 7 = 7 · CentOS Linux 7.9.2009 = 7 · CentOS Linux 6.10 = 6
citrix-vad: Citrix XenApp 7.15 LTSR = 7.15 · XenDesktop 7.15 = 7.15 ·
  Citrix XenApp 7.15 LTSR CU9 = 7.15 · CVAD 1912 LTSR = 1912 ·
  Citrix Virtual Apps and Desktops 7 2203 = 2203 · CVAD 2203 LTSR = 2203 ·
  Citrix Virtual Apps & Desktops 2402 LTSR = 2402
cisco-ios-xe: Cisco IOS XE 17.3.4a = 17.3 · IOS-XE 16.12 = 16.12 · IOS-XE 17.09.04a Cat9300 = 17.9
fortios: FortiOS v7.2.5 = 7.2 · FortiGate 100F FortiOS 7.2.8 = 7.2 · FortiGate 6.4 = 6.4
pan-os: PAN-OS 10.1.6-h3 = 10.1 · PA-3220 PAN-OS 10.1.11-h4 = 10.1 · Palo Alto PAN-OS 9.1 = 9.1
veeam-backup-and-replication: Veeam B&R 12 = 12 · Veeam Backup & Replication 11a = 11 ·
  Veeam B&R 11a = 11 · Veeam 9.5 U4 = 9.5
nutanix-aos: Nutanix AOS 6.5 LTS = 6.5 · AOS 5.20 = 5.20
postgresql: Postgres 13 = 13 · PostgreSQL 9.6.24 = 9.6 · Postgres 9.6.24 = 9.6 · pgsql 15.4 = 15
mysql: MySQL 5.7 = 5.7 · MySQL Community Server 8.0.35 = 8.0
mariadb: MariaDB 10.6 = 10.6 · MariaDB 10.6.16 = 10.6 · Maria DB 10.11 = 10.11
mongodb: MongoDB 4.4 = 4.4 · mongo 4.4.29 = 4.4 · Mongo 6.0 = 6.0
redis: Redis 6.2 = 6.2
nodejs: Node.js 18 LTS = 18 · node v18.20 = 18 · NodeJS 16 = 16
python: Python 3.8 = 3.8 · Python 2.7.18 = 2.7
php: PHP 7.4 = 7.4 · PHP 8.1.2 = 8.1
tomcat: Apache Tomcat 9.0.71 = 9.0 · Tomcat 8.5 = 8.5
apache-http-server: Apache 2.4 = 2.4 · Apache HTTP Server 2.2 = 2.2
nginx: nginx 1.24 = 1.24
ibm-aix: AIX 7.2 TL5 = 7.2.5 · AIX 7.2 TL5 SP6 = 7.2.5 · IBM AIX 7.1.5 = 7.1.5 · AIX 7.2 = 7.2
ibm-db2: DB2 11.5 = 11.5 · DB2 LUW v11.5.8 = 11.5 · IBM DB2 LUW 10.5 = 10.5
ibm-mq: IBM MQ 9.2 LTS = 9.2 · WebSphere MQ 7.5 = 7.5
zabbix: Zabbix 6.0 LTS = 6.0
splunk: Splunk Enterprise 9.1 = 9.1
jira-software: Jira Software 9.12 = 9.12
confluence: Confluence 8.5.4 = 8.5
gitlab: GitLab EE 16.11 = 16.11
proxmox-ve: Proxmox VE 7 = 7
ios: iOS 16 = 16 · iOS 16.7 iPhone 8 = 16
macos: macOS Monterey = 12 · macOS 13 Ventura = 13 · Mac OS X 10.15 = 10.15
android: Android 11 = 11
samsung-mobile: Samsung Galaxy S21 5G = galaxy-s21-5g
surface: Surface Pro 7 = pro-7
moodle: Moodle 4.1 = 4.1
drupal: Drupal 7 = 7
wordpress: WordPress 6.4 = 6.4
windows-embedded: Windows Embedded POSReady 7 = posready-7 ·
  Windows Embedded Standard 7 SP1 = standard-7-sp1
`
  .trim()
  .replaceAll(/ ·\n +/g, ' · ')
  .split('\n')
  .flatMap((line) => {
    const [, product = '', rows = ''] = /^(\S+): (.*)$/.exec(line) ?? []
    return rows.split(' · ').map((row) => {
      const [words = '', release = ''] = row.split(' = ')
      return [words, product, release] as const
    })
  })

test('two hundred rows of an estate in real words: nearly all are proposed right, and what is certain always is', () => {
  const judged = ROWS.map(([words = '', product = '', release = '']) => {
    const read = readProduct(words)
    const isRight = (read.product ?? '-') === product && read.release === release
    return { words, want: `${product} ${release}`, read, isRight }
  })
  const wrong = judged.filter(({ isRight }) => !isRight)
  const said = wrong.map(({ words, want, read }) => {
    return `${words}: ${read.product} ${read.release} (${read.certainty}), not ${want}`
  })
  expect(ROWS.length).toBeGreaterThanOrEqual(200)
  // Nobody looks twice at what is certain.
  expect(said.filter((line) => line.includes('(certain)'))).toEqual([])
  expect(wrong.length, said.join('\n')).toBeLessThanOrEqual(ROWS.length * 0.03)
})

test('several releases in one row are asked about, and none of them is passed over', () => {
  const several = [
    ['Windows Server 2012 & 2012 R2', '2012-r2, 2012'],
    ['Windows Server 2012 and 2008 R2', '2012-r2, 2012, 2008-r2-sp1, 2008-sp2'],
    ['SQL Server 2016 SP2/SP3', '13.0-sp3, 13.0-sp2, 13.0-sp1, 13.0'],
    ['SLES 15 SP4, SP5', '15.5, 15.4'],
    ['RHEL 7.9 and 8', '8, 7'],
    ['Oracle 11.2.0.4 and 19c', '19, 11.2'],
    ['Tomcat 9 (was 8.5)', '9.0, 8.5'],
    ['Windows 10 21H2 LTSC 2019', '10-21h2-e-lts, 10-1809-e-lts'],
    // Said again in fewer words it is one.
    ['Windows 10 (Win10 22H2)', '10-22h2'],
  ]
  for (const [words = '', all] of several) {
    const read = readProduct(words)
    expect(read.possible.map(({ release }) => release).join(', '), words).toBe(all)
    expect(read.certainty === 'certain', words).toBe(read.possible.length === 1)
    if (read.product === null) throw new Error(words)
    // What was said is kept, and means the same releases again.
    const again = possibleReleases(read.product, read.release)
    expect(again.map(({ release }) => release).join(', '), words).toBe(all)
  }
  expect(readProduct('.NET 4.8 / .NET 8').certainty).toBe('proposed')
  expect(readProduct('SQL 2016 SP3 on Windows Server 2019')).toMatchObject({
    ...{ certainty: 'proposed', product: 'windows-server', release: '2019' },
  })
})

test('an edition that a version does not have is asked about, and the version counts', () => {
  expect(readProduct('Windows 10 IoT Enterprise LTSC 2019')).toMatchObject({
    ...{ certainty: 'proposed', release: '10-1809-e-lts', unread: ['iot'] },
  })
  expect(readProduct('Windows 11 23H2 LTSC')).toMatchObject({ asks: 'edition', unread: ['ltsc'] })
  expect(readProduct('Windows Server 2016 R2')).toMatchObject({ asks: 'release' })
})

test('a release that a person or a register names is one of the data, and the version that was said means the same releases again', () => {
  for (const [, product = '', release = ''] of ROWS) {
    if (product === '-') continue
    const possible = possibleReleases(product, release).map((each) => each.release)
    expect(possible.length, `${product} ${release}`).toBeGreaterThan(0)
  }
})

test('a service pack that nobody named is asked about, and what is said of none is never taken for another', () => {
  const asks = { certainty: 'proposed', asks: 'service pack' }
  expect(readProduct('SQL Server 2016')).toMatchObject(asks)
  expect(readProduct('Windows Server 2003')).toMatchObject({ ...asks, release: '2003' })
  const unread = { certainty: 'proposed', unread: ['sp9'] }
  expect(readProduct('SQL Server 2016 SP9')).toMatchObject(unread)
  const possible = (product: string, release: string) =>
    possibleReleases(product, release)
      .map((each) => each.release)
      .join(' ')
  expect(possible('mssqlserver', '2016')).toBe('13.0-sp3 13.0-sp2 13.0-sp1 13.0')
  // Not the first release alone, which ended years before: its name is the version that all are called by.
  expect(possible('windows-server', '2003')).toBe('2003-sp2 2003-sp1 2003')
  expect(possible('mssqlserver', '13.0')).toBe(possible('mssqlserver', '2016'))
  expect(possible('mssqlserver', '2016 rtm')).toBe('13.0')
  // Windows Server 2012 is no R2, and Windows 8 no 8.1.
  expect(possible('windows-server', '2012')).toBe('2012')
  expect(possible('windows', '8')).toBe('8')
})

test('of a title that names several products each is read', () => {
  const named = (title: string) =>
    readProducts(title)
      .map(({ product, release }) => `${product} ${release}`)
      .join(', ')
  expect(named('Custom support for Windows XP, Windows Server 2003 and SQL Server 2005')).toBe(
    'windows xp, windows-server 2003, mssqlserver 2005',
  )
  const both = 'windows-server 2012-r2, windows-server 2016'
  expect(named('Windows Server 2012 R2 and 2016')).toBe(both)
})

test.each([
  ['Windows Server', '2016', 'windows-server 2016'],
  ['mssqlserver', '13.0-sp3', 'mssqlserver 13.0-sp3'],
  ['Microsoft SQL Server', '2016', 'mssqlserver 2016'],
  ['Win Srv 2016 Std', '', null],
  ['Server', '2016', null],
  ['Windows Server', '2077', null],
  ['Exchange Online', '2019', null],
  ['Patient portal', '2.1', null],
  ['Windows', 'Server 2019', null],
])(
  'two columns that name product and release are taken as given, looser words are not',
  (product, release, is) => {
    const given = releaseGiven(product, release)
    expect(given === null ? null : `${given.product} ${given.release}`).toBe(is)
  },
)

test.each([
  ['SQL Server', '2016 SP3', 'mssqlserver 13.0-sp3'],
  ['Windows Server 2016', '', 'windows-server 2016'],
  // Together they name another product, which a register's columns do not say.
  ['Windows', 'Server 2019', 'windows-server 2019'],
  ['Windows Server', '2077', 'has'],
  [
    'SQL Server',
    '2016 on Windows Server 2019',
    'names several: Microsoft Windows Server 2019, Microsoft SQL Server 2016',
  ],
  ['.NET 4.8 / .NET 8', '', 'names several'],
  ['Windows Serverr', '2016', 'Did you mean Microsoft Windows Server 2016'],
  ['Lifts', '3', 'no product'],
])('what a person chooses is refused with what may have been meant', (product, release, is) => {
  const chosen = releaseChosen(product, release)
  if (typeof chosen === 'string') expect(chosen).toContain(is)
  else expect(`${chosen.product} ${chosen.release}`).toBe(is)
})

test('every release of the data is called by its product’s name, and its own name is read again', () => {
  let asked = 0
  for (const { product, releases } of productData().products.values()) {
    for (const { release } of releases) {
      const read = possibleReleases(product, release).map((each) => each.release)
      expect(read, `${product} ${release}`).toContain(release)
      // A plain version is said of all its service packs, too.
      if (release.includes('-')) expect(read).toEqual([release])
      expect(releaseName(product, release)).not.toMatch(/undefined|'|\{\{/)
      asked += 1
    }
  }
  expect(asked).toBe(1685)
})

test('ends of support are those that were published on one day, and a day that nobody published is unknown', () => {
  const { asOf, licence, source, products } = productData()
  expect({ asOf, licence }).toEqual({
    asOf: '2026-08-22',
    licence: 'MIT, Copyright 2020 endoflife.date contributors',
  })
  expect(source).toMatch(/^endoflife-date\/endoflife\.date@[0-9a-f]{9}$/)
  expect(products.size).toBe(59)
  // By hand, from the makers' own pages.
  const ends = (product: string, name: string) => {
    const found = products.get(product)?.releases.find(({ release }) => release === name)
    return [found?.supportEnds, found?.extendedEnds]
  }
  expect(ends('windows', '5-sp3')).toEqual(['2014-04-08', null])
  expect(ends('windows-server', '2003-sp2')).toEqual(['2015-07-14', null])
  expect(ends('mssqlserver', '9.0-sp4')).toEqual(['2016-04-12', null])
  expect(ends('windows-server', '2016')).toEqual(['2027-01-12', '2030-01-12'])
  expect(ends('msexchange', 'subscription')).toEqual([null, null])
})

test('ends of support that are older than 180 days are asked about', () => {
  expect(staleProducts(day('2027-02-18'))).toBeNull()
  expect(staleProducts(day('2027-02-19'))).toContain('as at 2026-08-22')
})

describe('the file of ends of support is made anew from a checkout of its source', () => {
  const made: string[] = []
  const folder = () => {
    const at = mkdtempSync(path.join(tmpdir(), 'lapsewatch-ends-'))
    made.push(at)
    return at
  }
  afterAll(() => {
    for (const at of made) rmSync(at, { recursive: true, force: true })
  })

  /** A checkout with one product of these releases, and a file that knows what the first one said. */
  function checkout(releases: string) {
    const at = folder()
    mkdirSync(path.join(at, 'products'))
    const head = ['title: A Server', 'category: os', 'releasePolicyLink: https://example.org/x']
    const page = `---\n${head.join('\n')}\nreleaseLabel: "A Server __RELEASE_CYCLE__"\n\nreleases:\n${releases}\n---\nText.\n`
    writeFileSync(path.join(at, 'products', 'a-server.md'), page)
    const git = (...words: string[]) => {
      const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org']
      const env = { ...process.env, GIT_COMMITTER_DATE: '2027-03-01T12:00:00Z' }
      spawnSync('git', ['-C', at, ...who, ...words], { env })
    }
    git('init', '-q')
    git('add', '.')
    git('commit', '-q', '-m', 'ends', '--date=2027-03-01T12:00:00Z')
    return at
  }

  function knownFile(ends: string | null) {
    const file = path.join(folder(), 'ends.json')
    const releases = [
      ['2', 'A Server 2', ends, null],
      ['1', 'A Server 1', '2020-01-01', '2023-01-01'],
    ]
    const products = [['a-server', 'A Server', 'os', null, releases]]
    writeFileSync(
      file,
      JSON.stringify({ source: 'before', licence: 'MIT', asOf: '2026-01-01', products }),
    )
    return file
  }

  function run(at: string, file: string, ...more: string[]) {
    const script = fileURLToPath(new URL('../scripts/end-of-life.mjs', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [script, at, '--file', file, ...more])
    return { status, said: String(stderr), now: JSON.parse(readFileSync(file, 'utf8')) }
  }

  const TWO = `  - releaseCycle: "2"
    releaseDate: 2024-01-01
    eoas: true
    eol: 2030-01-01 # as announced
    eoes: false

  - releaseCycle: '1'
    releaseLabel: "A Server 1 '__CODENAME__'"
    codename: First
    eol: 2020-01-01
    eoes: 2023-01-01
`

  test('with its day, and with unknown where a date is no date', () => {
    const { status, now } = run(checkout(TWO), knownFile(null))
    expect(status).toBe(0)
    expect(now).toMatchObject({ asOf: '2027-03-01', licence: 'MIT' })
    expect(now.source).toMatch(/^endoflife-date\/endoflife\.date@/)
    expect(now.products).toEqual([
      [
        ...['a-server', 'A Server', 'os', 'https://example.org/x'],
        [
          ['2', 'A Server 2', '2030-01-01', null],
          ['1', "A Server 1 'First'", '2020-01-01', '2023-01-01'],
        ],
      ],
    ])
  })

  test('and never with less than was known: a release, a date or a product that is gone has to be named', () => {
    const [newest] = TWO.split('\n\n')
    const gone = run(checkout(`${newest}\n`), knownFile(null))
    expect(gone).toMatchObject({ status: 1, now: { asOf: '2026-01-01' } })
    expect(gone.said).toContain('a-server/1')
    expect(run(checkout(`${newest}\n`), knownFile(null), '--drop', 'a-server/1').status).toBe(0)
    const dateless = run(
      checkout(TWO.replace(/eol: 2030.*/, 'eol: false')),
      knownFile('2030-01-01'),
    )
    expect(dateless).toMatchObject({ status: 1, now: { asOf: '2026-01-01' } })
    expect(dateless.said).toContain('a-server/2')
    const odd = run(checkout(TWO.replace(/eol: 2030.*/, 'eol: soon')), knownFile(null))
    expect(odd).toMatchObject({ status: 1, now: { asOf: '2026-01-01' } })
    const empty = checkout(TWO)
    rmSync(path.join(empty, 'products', 'a-server.md'))
    expect(run(empty, knownFile(null))).toMatchObject({ status: 1, now: { asOf: '2026-01-01' } })
  })
})

function day(text: string) {
  return asCivilDate(text)
}
