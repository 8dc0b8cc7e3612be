package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.extraction.ExtractionTimes;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.stage.extract.Bottleneck.UnitTimes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BottleneckTest {
  /** Waiting, network, pooling, taking; reading, memory, decoding: in seconds, of 100. */
  private static ExtractionTimes times(int... seconds) {
    return new ExtractionTimes(
        nanos(100),
        nanos(seconds[0]),
        nanos(seconds[1]),
        nanos(seconds[2]),
        nanos(seconds[3]),
        nanos(seconds[4]),
        nanos(seconds[5]),
        nanos(seconds[6]),
        0);
  }

  private static long nanos(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private static String said(UnitTimes... units) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Bottleneck(List.of(units))
        .say(new Console(new PrintStream(out, true, StandardCharsets.UTF_8)));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String said(int... seconds) {
    return said(new UnitTimes(0, 1000, times(seconds))).strip();
  }

  @Test
  void whereTheNetworkWaitedTheOtherThreadsTellWhatFor() {
    assertThat(said(78, 15, 2, 3, 20, 0, 150))
        .isEqualTo(
            "bound by decoding: 78 % of the time the network waited for images to be decoded"
                + " (network 15 %, pooling 2 %, writing 3 %)");
    assertThat(said(78, 15, 2, 3, 150, 0, 20))
        .startsWith("bound by storage: 78 % of the time the network waited for images to be read");
    assertThat(said(78, 15, 2, 3, 20, 150, 30))
        .startsWith("bound by extract.decode-memory: 78 % of the time");
  }

  @Test
  void whatWorkedMostIsTheBoundWhereNothingWasWaitedFor() {
    assertThat(said(5, 90, 2, 3, 20, 0, 100))
        .isEqualTo(
            "bound by the network: 90 % of the time it worked (waiting 5 %, pooling 2 %, writing"
                + " 3 %)");
    assertThat(said(5, 20, 70, 5, 20, 0, 100)).startsWith("bound by pooling: 70 % of the time");
    assertThat(said(5, 20, 5, 70, 20, 0, 100)).startsWith("bound by writing: 70 % of the time");
  }

  @Test
  void aUnitMuchSlowerThanTheOthersIsNamedWithWhatHeldIt() {
    ExtractionTimes network = times(5, 90, 2, 3, 20, 0, 100);
    UnitTimes large = new UnitTimes(7, 50, times(95, 3, 1, 1, 5, 0, 190));
    assertThat(said(new UnitTimes(3, 1000, network), large, new UnitTimes(9, 1000, network)))
        .contains(
            "unit 7 took 2.00 s an image, the others 0.10 s in the median; bound by decoding");
    assertThat(said(new UnitTimes(3, 1000, network), new UnitTimes(9, 800, network)))
        .doesNotContain("an image");
  }

  @Test
  void whatTheDevicesMemoryDidNotTakeIsSaidAndRecorded() {
    ExtractionTimes starved = new ExtractionTimes(100, 5, 90, 2, 3, 20, 0, 100, 7);
    UnitTimes unit = new UnitTimes(0, 10, starved);
    assertThat(said(unit, unit))
        .contains("memory did not take full batches: 14 forward passes were of fewer images");
    Counts books = new Counts();
    new Bottleneck(List.of(unit, unit)).addTo(books);
    assertThat(books.counts()).containsEntry("passes of less than a batch", 14L);
    assertThat(said(5, 90, 2, 3, 20, 0, 100)).doesNotContain("full batches");
  }

  @Test
  void anExtractionOfNothingSaysNothing() {
    assertThat(said(new UnitTimes(0, 0, ExtractionTimes.NONE))).isEmpty();
    Counts books = new Counts();
    new Bottleneck(List.of()).addTo(books);
    assertThat(books.counts()).isEmpty();
  }

  @Test
  void theRecordHasTheMillisecondsOfAllUnits() {
    Counts books = new Counts();
    UnitTimes unit = new UnitTimes(0, 10, times(78, 15, 2, 3, 20, 1, 150));
    new Bottleneck(List.of(unit, unit)).addTo(books);
    assertThat(books.counts())
        .containsEntry("ms extraction", 200_000L)
        .containsEntry("ms waiting for images", 156_000L)
        .containsEntry("ms network", 30_000L)
        .containsEntry("ms waiting for decode-memory", 2_000L)
        .containsEntry("ms decoding images", 300_000L)
        .hasSize(8);
  }
}
