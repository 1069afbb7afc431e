/** A chart as PNG. A bare machine has no fonts: the one that is used comes along. */
import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import type { MessagePicture } from '../text/facts.ts'
import { CHART, monthsChart } from '../text/weekly-chart.ts'

const { resolve } = createRequire(import.meta.url)
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

/** Twice the size in which it is shown, so that it is sharp. */
export function pngOf({ chart, title }: MessagePicture): Buffer {
  const picture = new Resvg(monthsChart(chart, title), {
    fitTo: { mode: 'width', value: CHART.width * 2 },
    font: {
      fontFiles: FONTS.map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}`)),
      loadSystemFonts: false,
      defaultFontFamily: CHART.font,
    },
  })
  return Buffer.from(picture.render().asPng())
}
