package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.segment.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
  private static final Plan PLAN =
      new Plan(
          Inputs.of("extractor", "e1").with("snapshot", "s1"),
          List.of(
              new Unit(0, new KeyRange(0, 99), 7),
              new Unit(1, new KeyRange(100, Long.MAX_VALUE), 0)));

  @Test
  void isWrittenAndReadAsTheGoldenFileHasIt() {
    assertThat(PLAN.toBytes()).asString().isEqualTo(Golden.text("plan"));
    assertThat(Plan.parse("golden", Golden.bytes("plan"))).isEqualTo(PLAN);
  }

  @Test
  void coversEveryKeyInOrderWithoutGaps() {
    Unit low = new Unit(0, new KeyRange(0, 99), 1);

    refuse(List.of(), "0 units");
    refuse(List.of(low), "ends at key 99");
    refuse(List.of(new Unit(0, new KeyRange(1, Long.MAX_VALUE), 1)), "begins at key 0");
    refuse(List.of(low, new Unit(1, new KeyRange(101, Long.MAX_VALUE), 1)), "begins at key 100");
    refuse(List.of(low, new Unit(1, new KeyRange(99, Long.MAX_VALUE), 1)), "begins at key 100");
    refuse(List.of(low, new Unit(2, new KeyRange(100, Long.MAX_VALUE), 1)), "Unit 2");
    refuse(List.of(new Unit(0, KeyRange.ALL, 1), new Unit(1, new KeyRange(5, 9), 1)), "in place 1");
    assertThatThrownBy(() -> new Unit(0, KeyRange.ALL, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void refuse(List<Unit> units, String message) {
    assertThatThrownBy(() -> new Plan(Inputs.NONE, units))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"schema-version\":1;\"schema-version\":2;schema version 2",
        "\"schema-version\":1,;'';schema-version is missing",
        "\"from\":100;\"from\":101;begins at key 100",
        "\"to\":99;\"to\":-1;units[0].to is -1",
        "\"images\":7;\"images\":\"7\";units[0].images is \"7\"",
        "\"images\":7;\"image\":7;units[0].images is missing",
        "\"unit\":1;\"unit\":99999999;units[1].unit is 99999999",
        "\"units\";\"eunits\";units is missing",
        "]};];not JSON",
      })
  void refusesADamagedFileNamingItAndTheField(String from, String to, String message) {
    String damaged = Golden.unsealed("plan").replace(from, to);

    assertThatThrownBy(() -> Plan.parse("the/plan", damaged.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("the/plan")
        .hasMessageContaining(message);
  }
}
