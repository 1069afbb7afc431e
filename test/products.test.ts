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
 * An estate in real words: what each row means, by hand. A release of the data, or, where several may
 * be meant, the version that was said; `-` where the data has no such product.
 */
const ROWS = `
Win Srv 2016 Std | windows-server | 2016
MS SQL 2016 SP3 | mssqlserver | 13.0-sp3
W10 22H2 | windows | 10-22h2
Exch 2019 | msexchange | 2019
ESXi 8.0 U2 | vmware-esxi | 8.0
Oracle DB 19c EE | oracle-database | 19
RHEL8 | rhel | 8
Windows Server 2012 R2 Standard | windows-server | 2012-r2
Win2012R2 | windows-server | 2012-r2
Win2k8 R2 Ent | windows-server | 2008 r2
W2K16 DC | windows-server | 2016
WS2019 | windows-server | 2019
Windows 2022 Datacenter | windows-server | 2022
Microsoft Windows Server 2025 Standard x64 | windows-server | 2025
Server 2003 | windows-server | 2003
Windows Server 2003 SP2 | windows-server | 2003-sp2
Win Server 2008 | windows-server | 2008
windows server 2008 service pack 2 | windows-server | 2008-sp2
Microsoft® Windows Server® 2019 Essentials | windows-server | 2019
Win Svr 2012 Foundation | windows-server | 2012
Windows Server version 20H2 | windows-server | 20h2-sac
Windows XP | windows | xp
Windows XP SP3 | windows | 5-sp3
WinXP Pro SP3 | windows | 5-sp3
Win 7 Ent | windows | 7
Windows 7 SP1 64-bit | windows | 7-sp1
Windows 8.1 Pro | windows | 8.1
Win10 Pro 22H2 | windows | 10-22h2
Windows 10 Enterprise LTSC 2019 | windows | 10-1809-e-lts
Windows 10 IoT Enterprise LTSC 2021 | windows | 10-21h2-iot-lts
Win 10 Ent LTSB 2016 | windows | 10-1607-e-lts
Windows 11 Pro 23H2 | windows | 11-23h2-w
W11 24H2 Enterprise | windows | 11 24h2 enterprise
Windows 11 | windows | 11
Windows 10 Home 21H1 | windows | 10-21h1
Windows Vista SP2 | windows | 6-sp2
MS SQL Server 2012 SP4 | mssqlserver | 11.0-sp4
SQL Server 2014 | mssqlserver | 2014
SQL2019 Std | mssqlserver | 15.0
SQL Server 2017 Enterprise Core | mssqlserver | 14.0
MSSQL 2022 | mssqlserver | 16.0
SQL 2008 R2 SP3 | mssqlserver | 10.50-sp3
sql server 2008r2 | mssqlserver | 2008 r2
SQL Server 2005 SP4 | mssqlserver | 9.0-sp4
SQL Server 2005 | mssqlserver | 2005
SQL Svr 2016 | mssqlserver | 2016
SQL Server 2016 SP3 Azure Connect Pack | mssqlserver | 13.0-sp3-acp
SQL 2000 SP4 | mssqlserver | 8.0-sp4
MS SQL Server 2019 CU22 | mssqlserver | 15.0
SQL Server 2014 SP3 Std | mssqlserver | 12.0-sp3
SQL Server 2016 RTM | mssqlserver | 2016 rtm
Exchange Server 2016 CU23 | msexchange | 2016
MS Exchange 2013 | msexchange | 2013
Exchange 2010 SP3 | msexchange | 2010
Exchange SE | msexchange | subscription
Exchange Server Subscription Edition | msexchange | subscription
Exchange Online Plan 2 | - |
SharePoint 2016 | sharepoint | 2016
MS SharePoint Server 2019 Ent | sharepoint | 2019
SharePoint Subscription Edition | sharepoint | subscription
SharePoint Online | - |
Office 2016 Std | office | 2016
MS Office Pro Plus 2019 | office | 2019
Office LTSC 2024 | office | 2024-ltsc
Office 2021 | office | 2021
Microsoft 365 E3 | - |
O365 E5 | - |
Office 365 | - |
Office 2010 | office | 2010
.NET Framework 4.8 | dotnetfx | 4.8
.NET 8 | dotnet | 8
dotnet core 3.1 | dotnet | 3.1
.NET FW 3.5 SP1 | dotnetfx | 3.5-sp1
Visual Studio 2022 17.12 | visual-studio | 17.12
Visual Studio 2019 | visual-studio | 2019
VS Code | - |
PowerShell 7.4 | powershell | 7.4
VMware ESXi 7.0 U3 | vmware-esxi | 7.0
ESX 6.5 | vmware-esxi | 6.5
ESXi 6.7u3 | vmware-esxi | 6.7
VMware vSphere 8 | vmware-esxi | 8.0
ESXi 6 | vmware-esxi | 6
vCenter 7 | vmware-vcenter | 7.0
VMware vCenter Server 8.0 | vmware-vcenter | 8.0
VCSA 6.7 | vmware-vcenter | 6.7
VCF 5.2 | vmware-cloud-foundation | 5.2
VMware Cloud Foundation 4.5 | vmware-cloud-foundation | 4.5
Horizon 8 2312 | omnissa-horizon | 8.2312
VMware Horizon 7.10 | omnissa-horizon | 7.10
Oracle 19c | oracle-database | 19
Oracle Database 12.2.0.1 | oracle-database | 12.2
Oracle DB 12cR2 | oracle-database | 12.2
Oracle 11g R2 | oracle-database | 11.2
Oracle 12c | oracle-database | 12
Oracle Database 21c XE | oracle-database | 21
Oracle RAC 19c | oracle-database | 19
Java 8 | oracle-jdk | 8
Oracle JDK 17 | oracle-jdk | 17
JRE 1.8 | oracle-jdk | 8
Java SE 11 | oracle-jdk | 11
OpenJDK 17 | - |
Oracle Linux 7.9 | oracle-linux | 7
OEL 8 | oracle-linux | 8
Solaris 10 | oracle-solaris | 10
Oracle Solaris 11.4 SRU 60 | oracle-solaris | 11.4
Sun Solaris 9 | oracle-solaris | 9
Red Hat Enterprise Linux 7.9 | rhel | 7
RHEL Server 9 | rhel | 9
Redhat 6 | rhel | 6
RHEL 7 ELS | rhel | 7
SLES 15 SP5 | sles | 15.5
SUSE Linux Enterprise Server 12 SP5 | sles | 12.5
SLES 12 | sles | 12
SLES11SP4 | sles | 11.4
Ubuntu 20.04 LTS | ubuntu | 20.04
Ubuntu Server 22.04.3 | ubuntu | 22.04
Ubuntu Jammy | ubuntu | 22.04
ubuntu 18.04 | ubuntu | 18.04
Debian 11 Bullseye | debian | 11
Debian 10 | debian | 10
CentOS 7 | centos | 7
CentOS Linux 6.10 | centos | 6
CentOS Stream 9 | - |
Citrix XenApp 7.15 LTSR | citrix-vad | 7.15
CVAD 1912 LTSR | citrix-vad | 1912
Citrix Virtual Apps and Desktops 7 2203 | citrix-vad | 2203
Citrix Virtual Apps & Desktops 2402 LTSR | citrix-vad | 2402
XenDesktop 7.15 | citrix-vad | 7.15
Citrix NetScaler 13.1 | - |
Cisco IOS XE 17.3.4a | cisco-ios-xe | 17.3
IOS-XE 16.12 | cisco-ios-xe | 16.12
Cisco IOS 15.2 | - |
FortiOS v7.2.5 | fortios | 7.2
FortiGate 6.4 | fortios | 6.4
PAN-OS 10.1.6-h3 | pan-os | 10.1
Palo Alto PAN-OS 9.1 | pan-os | 9.1
Veeam B&R 12 | veeam-backup-and-replication | 12
Veeam Backup & Replication 11a | veeam-backup-and-replication | 11
Veeam 9.5 U4 | veeam-backup-and-replication | 9.5
Nutanix AOS 6.5 LTS | nutanix-aos | 6.5
AOS 5.20 | nutanix-aos | 5.20
Postgres 13 | postgresql | 13
PostgreSQL 9.6.24 | postgresql | 9.6
pgsql 15.4 | postgresql | 15
MySQL 5.7 | mysql | 5.7
MySQL Community Server 8.0.35 | mysql | 8.0
MariaDB 10.6 | mariadb | 10.6
Maria DB 10.11 | mariadb | 10.11
MongoDB 4.4 | mongodb | 4.4
Mongo 6.0 | mongodb | 6.0
Redis 6.2 | redis | 6.2
Node.js 18 LTS | nodejs | 18
NodeJS 16 | nodejs | 16
Python 3.8 | python | 3.8
Python 2.7.18 | python | 2.7
PHP 7.4 | php | 7.4
PHP 8.1.2 | php | 8.1
Apache Tomcat 9.0.71 | tomcat | 9.0
Tomcat 8.5 | tomcat | 8.5
Apache 2.4 | apache-http-server | 2.4
Apache HTTP Server 2.2 | apache-http-server | 2.2
Apache Kafka 3.4 | - |
nginx 1.24 | nginx | 1.24
AIX 7.2 TL5 | ibm-aix | 7.2.5
IBM AIX 7.1.5 | ibm-aix | 7.1.5
AIX 7.2 | ibm-aix | 7.2
DB2 11.5 | ibm-db2 | 11.5
IBM DB2 LUW 10.5 | ibm-db2 | 10.5
IBM MQ 9.2 LTS | ibm-mq | 9.2
WebSphere MQ 7.5 | ibm-mq | 7.5
Zabbix 6.0 LTS | zabbix | 6.0
Splunk Enterprise 9.1 | splunk | 9.1
Jira Software 9.12 | jira-software | 9.12
Confluence 8.5.4 | confluence | 8.5
GitLab EE 16.11 | gitlab | 16.11
Proxmox VE 7 | proxmox-ve | 7
iOS 16 | ios | 16
macOS Monterey | macos | 12
macOS 13 Ventura | macos | 13
Mac OS X 10.15 | macos | 10.15
Android 11 | android | 11
Samsung Galaxy S21 5G | samsung-mobile | galaxy-s21-5g
Surface Pro 7 | surface | pro-7
Moodle 4.1 | moodle | 4.1
Drupal 7 | drupal | 7
WordPress 6.4 | wordpress | 6.4
Windows Embedded POSReady 7 | windows-embedded | posready-7
Windows Embedded Standard 7 SP1 | windows-embedded | standard-7-sp1
Dell PowerEdge R740 | - |
Adobe Acrobat Pro 2020 | - |
SAP HANA 2.0 SPS05 | - |
Cerner Millennium 2018 | - |
McAfee ePO 5.10 | - |
Old box under the stairs | - |
SQL Server 2016 Reporting Services | - |
HP ProLiant Server 2012 | - |
Win Srv 2016 Std (16 core lic) | windows-server | 2016
Windows Server 2019 Std – Cluster Node 2 | windows-server | 2019
Windows Server 2016 / SQL 2016 SP2 | windows-server | 2016
MSSQL2012 | mssqlserver | 2012
win server 2012r2 std x64 | windows-server | 2012-r2
Microsoft Exchange Server 2019 Enterprise | msexchange | 2019
MSSQL 2014 SP3 Ent Core | mssqlserver | 12.0-sp3
SQL Srv 2008R2 SP3 | mssqlserver | 10.50-sp3
Microsoft SQL Server 2019 Standard (CU27) | mssqlserver | 15.0
SQL2022 Dev | mssqlserver | 16.0
sql server 2012 | mssqlserver | 2012
WS2019 DC | windows-server | 2019
Win2k8 R2 Ent x64 | windows-server | 2008 r2
Windows 2016 server (Core) | windows-server | 2016
W2K12R2 | windows-server | 2012-r2
Windows 11 Enterprise 23H2 | windows | 11-23h2-e
Win 11 Pro 24H2 | windows | 11-24h2-w
Win10 LTSC 2021 | windows | 10-21h2-e-lts
Windows 10 IoT Enterprise LTSC 2019 | windows | 10-1809-e-lts
Win 7 Pro SP1 (lab PCs) | windows | 7-sp1
WinXP SP3 MRI console | windows | 5-sp3
Office ProPlus 2016 | office | 2016
Office LTSC 2024 Std | office | 2024-ltsc
MS Office Mac 2011 | office | 2011-for-mac
Exch 2019 CU14 | msexchange | 2019
SharePoint Server Subscription Edition | sharepoint | subscription
vSphere ESXi 7.0 U3 | vmware-esxi | 7.0
ESXi8.0u2 | vmware-esxi | 8.0
Oracle 12cR2 EE RAC | oracle-database | 12.2
Ora DB 11gR2 (11.2.0.4) | oracle-database | 11.2
Oracle 23ai | oracle-database | 23
Oracle Java SE 8u401 | oracle-jdk | 8
JDK 17 LTS | oracle-jdk | 17
OpenJDK 11 (Temurin) | - |
OL8.9 | oracle-linux | 8
RHEL 7.9 ELS | rhel | 7
Red Hat Ent Linux Server release 8.10 (Ootpa) | rhel | 8
CentOS Linux 7.9.2009 | centos | 7
Ubuntu 22.04.4 LTS (Jammy) | ubuntu | 22.04
Ubuntu Bionic | ubuntu | 18.04
Debian bookworm | debian | 12
SLES 15 SP5 for SAP | sles | 15.5
Solaris 10 SPARC 1/13 | oracle-solaris | 10
AIX 7.2 TL5 SP6 | ibm-aix | 7.2.5
DB2 LUW v11.5.8 | ibm-db2 | 11.5
Citrix XenApp 7.15 LTSR CU9 | citrix-vad | 7.15
CVAD 2203 LTSR | citrix-vad | 2203
FortiGate 100F FortiOS 7.2.8 | fortios | 7.2
PA-3220 PAN-OS 10.1.11-h4 | pan-os | 10.1
IOS-XE 17.09.04a Cat9300 | cisco-ios-xe | 17.9
Veeam B&R 11a | veeam-backup-and-replication | 11
Postgres 9.6.24 | postgresql | 9.6
MariaDB 10.6.16 | mariadb | 10.6
mongo 4.4.29 | mongodb | 4.4
node v18.20 | nodejs | 18
iOS 16.7 iPhone 8 | ios | 16
Windows Server IoT 2019 for Storage | windows-server | 2019
`
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))

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
  expect(readProduct('SQL Server 2016')).toMatchObject({
    certainty: 'proposed',
    asks: 'service pack',
  })
  expect(possibleReleases('mssqlserver', '2016').map(({ release }) => release)).toEqual([
    ...['13.0-sp3', '13.0-sp2', '13.0-sp1', '13.0'],
  ])
  expect(readProduct('Windows Server 2003')).toMatchObject({
    asks: 'service pack',
    release: '2003',
  })
  expect(readProduct('SQL Server 2016 SP9').certainty).toBe('proposed')
  expect(readProduct('SQL Server 2016 SP9').unread).toEqual(['sp9'])
  // Not the first release alone, which ended years before: its name is the version that all are called by.
  expect(possibleReleases('windows-server', '2003').map(({ release }) => release)).toEqual([
    ...['2003-sp2', '2003-sp1', '2003'],
  ])
  expect(possibleReleases('mssqlserver', '13.0')).toHaveLength(4)
  expect(possibleReleases('mssqlserver', '2016 rtm').map(({ release }) => release)).toEqual([
    '13.0',
  ])
  // Windows Server 2012 is no R2, and Windows 8 no 8.1.
  expect(possibleReleases('windows-server', '2012').map(({ release }) => release)).toEqual(['2012'])
  expect(possibleReleases('windows', '8').map(({ release }) => release)).toEqual(['8'])
})

test('of a title that names several products each is read', () => {
  const found = readProducts(
    'Custom support for Windows XP, Windows Server 2003 and SQL Server 2005',
  )
  expect(found.map(({ product, release }) => `${product} ${release}`)).toEqual([
    ...['windows xp', 'windows-server 2003', 'mssqlserver 2005'],
  ])
  expect(readProducts('Windows Server 2012 R2 and 2016').map(({ release }) => release)).toEqual([
    ...['2012-r2', '2016'],
  ])
})

test('two columns that name product and release are taken as given, looser words are not', () => {
  expect(releaseGiven('Windows Server', '2016')).toEqual({
    product: 'windows-server',
    release: '2016',
  })
  expect(releaseGiven('mssqlserver', '13.0-sp3')).toEqual({
    product: 'mssqlserver',
    release: '13.0-sp3',
  })
  expect(releaseGiven('Microsoft SQL Server', '2016')).toEqual({
    product: 'mssqlserver',
    release: '2016',
  })
  expect(releaseGiven('Win Srv 2016 Std', '')).toBeNull()
  expect(releaseGiven('Server', '2016')).toBeNull()
  expect(releaseGiven('Windows Server', '2077')).toBeNull()
  expect(releaseGiven('Exchange Online', '2019')).toBeNull()
  expect(releaseGiven('Patient portal', '2.1')).toBeNull()
})

test('what a person chooses is refused with what may have been meant', () => {
  expect(releaseChosen('SQL Server', '2016 SP3')).toEqual({
    product: 'mssqlserver',
    release: '13.0-sp3',
  })
  expect(releaseChosen('Windows Server 2016', '')).toEqual({
    product: 'windows-server',
    release: '2016',
  })
  expect(releaseChosen('Windows Server', '2077')).toContain('has')
  // Together they name another product, which a register's columns do not say.
  expect(releaseChosen('Windows', 'Server 2019')).toEqual({
    product: 'windows-server',
    release: '2019',
  })
  expect(releaseGiven('Windows', 'Server 2019')).toBeNull()
  expect(releaseChosen('SQL Server', '2016 on Windows Server 2019')).toContain(
    'names several: Microsoft Windows Server 2019, Microsoft SQL Server 2016',
  )
  expect(releaseChosen('.NET 4.8 / .NET 8', '')).toContain('names several')
  expect(releaseChosen('Windows Serverr', '2016')).toContain(
    'Did you mean Microsoft Windows Server 2016',
  )
  expect(releaseChosen('Lifts', '3')).toContain('no product')
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
