package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillPointTest {
  @Test
  void hitsTheNamedPointTheFirstTime() {
    KillPoint point = KillPoint.parse("extract.after-data");

    assertThat(point.hit("extract.after-record")).isFalse();
    assertThat(point.hit("extract.after-data")).isTrue();
  }

  @Test
  void hitsTheNamedPointTheGivenTimeAndOnlyThen() {
    KillPoint point = KillPoint.parse("extract.after-data:2");

    assertThat(point.hit("extract.after-data")).isFalse();
    assertThat(point.hit("extract.after-data")).isTrue();
    assertThat(point.hit("extract.after-data")).isFalse();
  }

  @Test
  void neverHitsWithoutASetting() {
    assertThat(KillPoint.parse("").hit("extract.after-data")).isFalse();
    KillPoint.reach("extract.after-data");
  }

  @Test
  void endsTheProcessLikeAKill() throws Exception {
    List<String> options = List.of("-Dremap.kill.point=here:2");

    Process process = Jvm.start(Passer.class, options, "elsewhere", "here", "here");

    assertThat(process.waitFor()).isEqualTo(KillPoint.EXIT_STATUS);
  }

  @Test
  void ofSeveralProcessesOnlyTheFirstDies(@TempDir Path folder) throws Exception {
    Path once = folder.resolve("once");
    List<String> options = List.of("-Dremap.kill.point=here", "-Dremap.kill.once=" + once);

    assertThat(Jvm.start(Passer.class, options, "here").waitFor()).isEqualTo(KillPoint.EXIT_STATUS);
    assertThat(once).exists();
    assertThat(Jvm.start(Passer.class, options, "here").waitFor()).isZero();
  }

  /** Passes the points it is given. */
  static final class Passer {
    private Passer() {}

    public static void main(String[] points) {
      for (String point : points) {
        KillPoint.reach(point);
      }
    }
  }
}
