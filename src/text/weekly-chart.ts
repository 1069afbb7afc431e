/** The months ahead drawn: an SVG, the same for the same facts. */
import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { type MonthsAhead, monthName, rounded } from './months-ahead.ts'

echarts.use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

export const CHART = { width: 960, height: 520, font: 'DejaVu Sans' } as const

// Told apart without colour as well: the pairs differ in lightness, and estimates are pale.
const INK = '#1d1c1d'
const MUTED = '#5f5d61'
const LINE = '#d9d8da'
const ENDS = '#1b4f9c'
const STARTS = '#e8912d'
const COMMITTED = '#7a1f3d'
const ESTIMATED = '#dfa3b4'

/** Two panels with one time axis: how many, and how much. */
export function monthsChart(facts: MonthsAhead, title: string): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size() })
  try {
    chart.setOption(optionOf(facts, title))
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function size() {
  return { width: CHART.width, height: CHART.height }
}

function optionOf({ months, currency, priced, of }: MonthsAhead, title: string) {
  const names = months.map(({ month }, at) => monthName(month, at === 0).replace(' ', '\n'))
  const text = { fontFamily: CHART.font, color: MUTED, fontSize: 13 }
  const heading = (words: string, top: number, fontSize = 15) => ({
    text: words,
    left: 24,
    top,
    textStyle: { ...text, color: INK, fontSize, fontWeight: 'bold' as const },
  })
  const category = (gridIndex: number, show: boolean) => ({
    type: 'category' as const,
    gridIndex,
    data: names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
    axisLabel: { ...text, show, interval: 0, lineHeight: 16 },
  })
  const value = (gridIndex: number, label: (amount: number) => string, minInterval: number) => ({
    type: 'value' as const,
    gridIndex,
    minInterval,
    splitNumber: 3,
    splitLine: { lineStyle: { color: LINE } },
    axisLabel: { ...text, formatter: label },
  })
  const bar = (
    name: string,
    color: string,
    at: number,
    data: readonly number[],
    stack?: string,
  ) => ({
    type: 'bar' as const,
    name,
    xAxisIndex: at,
    yAxisIndex: at,
    data: [...data],
    itemStyle: { color },
    barMaxWidth: 26,
    ...(stack === undefined
      ? { label: { ...text, show: true, position: 'top' as const, formatter: notZero } }
      : { stack }),
  })
  return {
    animation: false,
    backgroundColor: '#ffffff',
    title: [
      heading(title, 18, 17),
      heading('How many', 56),
      heading('Rollover spend if nothing is done', 288),
    ],
    legend: [
      legend(['Contracts that end', 'Procurements to start by then'], 54),
      legend(['Committed', `Estimated (priced ${priced} of ${of})`], 286),
    ],
    grid: [
      { left: 76, right: 24, top: 92, height: 150 },
      { left: 76, right: 24, top: 324, height: 130 },
    ],
    xAxis: [category(0, false), category(1, true)],
    yAxis: [
      value(0, String, 1),
      value(1, (amount) => rounded(amount.toFixed(2) as never, currency), 1000),
    ],
    series: [
      bar(
        'Contracts that end',
        ENDS,
        0,
        months.map(({ ends }) => ends),
      ),
      bar(
        'Procurements to start by then',
        STARTS,
        0,
        months.map(({ startBys }) => startBys),
      ),
      bar(
        'Committed',
        COMMITTED,
        1,
        months.map(({ committed }) => Number(committed)),
        'spend',
      ),
      bar(
        `Estimated (priced ${priced} of ${of})`,
        ESTIMATED,
        1,
        months.map(({ estimated }) => Number(estimated)),
        'spend',
      ),
    ],
  }
}

function legend(data: readonly string[], top: number) {
  return {
    data: [...data],
    top,
    // The text is measured by another font's widths than it is drawn in.
    right: 84,
    itemGap: 64,
    itemWidth: 14,
    itemHeight: 14,
    textStyle: { fontFamily: CHART.font, color: MUTED, fontSize: 13 },
  }
}

function notZero({ value }: { readonly value?: unknown }): string {
  return value === 0 ? '' : String(value)
}
