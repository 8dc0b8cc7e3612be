package dev.remap.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.report.LineChart.Point;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as a line: round ticks from zero to just above the largest, and nothing outside. */
class LineChartTest {
  private static LineChart of(double... values) {
    return LineChart.of(
        "title", DoubleStream.of(values).mapToObj(value -> new Point("p", value)).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1.0000000000002, 1",
    "0.7, 0.8",
    "0, 4",
    "311, 400",
    "1000, '1,000'",
    "1001, '2,000'",
    "0.00009, 1.00e-04",
    "1e12, '1,000,000,000,000'"
  })
  void theUppermostTickIsTheLeastRoundOneAboveAll(double largest, String tick) {
    List<LineChart.Tick> ticks = of(0, largest, largest / 3).ticks();

    assertThat(ticks).hasSize(5);
    assertThat(ticks.get(0).label()).isEqualTo("0");
    assertThat(ticks.get(4).label()).isEqualTo(tick);
  }

  @Test
  void everyPointLiesInThePicture() {
    for (LineChart.Dot dot : of(0, 7, 3.5, 1e-9).dots()) {
      assertThat(Double.parseDouble(dot.x())).isBetween(0.0, (double) LineChart.WIDTH);
      assertThat(Double.parseDouble(dot.y())).isBetween(0.0, (double) LineChart.HEIGHT);
    }
  }

  @Test
  void oneNumberStandsInTheMiddleAndManyHaveNoDots() {
    assertThat(of(5).dots()).hasSize(1);
    assertThat(of(5).last()).isEmpty();
    assertThat(of(new double[61]).dots()).isEmpty();
    assertThat(of(new double[61]).line().split(" ")).hasSize(61);
  }

  @Test
  void whatIsNoNumberOrBelowZeroIsRefused() {
    assertThatThrownBy(() -> of(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(Double.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
