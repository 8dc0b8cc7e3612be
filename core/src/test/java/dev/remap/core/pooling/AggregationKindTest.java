package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.json.StrictJson;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AggregationKindTest {
  /** Gives the least value of each setting, and notes which were asked for. */
  private static final class Noted implements AggregationKind.Parameters {
    final Set<String> asked = new HashSet<>();

    @Override
    public int integer(String key, int least, int most) {
      asked.add(key);
      return least;
    }

    @Override
    public double number(String key, double least, double most) {
      asked.add(key);
      return least;
    }

    @Override
    public String text(String key) {
      asked.add(key);
      return "";
    }

    @Override
    public String file(String key) {
      asked.add(key);
      return key.equals("attention-weights") ? RegionPoolingFixture.ATTENTION : "";
    }

    @Override
    public Optional<byte[]> bytes(String key) {
      asked.add(key);
      return Optional.of(RegionPoolingFixture.read().whitening());
    }

    @Override
    public List<Noted> parts(String key) {
      asked.add(key);
      return List.of(new Noted());
    }

    @Override
    public String choice(String key, List<String> words) {
      asked.add(key);
      return words.get(0);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.remap.core.pooling.AggregationKind#all")
  void whatIsWrittenIsReadAgain(AggregationKind kind) {
    Aggregation made = kind.fromSettings().of(new Noted(), 2);
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", made.kind().name());
    made.write(node);

    assertThat(made.kind()).isSameAs(kind);
    assertThat(AggregationKind.read(StrictJson.read("extractor", node.toString(), 100_000)))
        .isEqualTo(made);
  }

  @ParameterizedTest
  @MethodSource("dev.remap.core.pooling.AggregationKind#all")
  void aKindDeclaresTheSettingsThatItReads(AggregationKind kind) {
    Noted noted = new Noted();
    kind.fromSettings().of(noted, 2);

    // The table of boxes is one for all parts of an extractor, which reads it.
    assertThat(noted.asked)
        .containsExactlyInAnyOrderElementsOf(
            kind.settings().stream().filter(key -> !key.equals(AggregationKind.BOXES)).toList());
  }

  @Test
  void namesAreUniqueAndTheErrorForAnotherListsThem() {
    assertThat(AggregationKind.all().stream().map(AggregationKind::name)).doesNotHaveDuplicates();
    int last = AggregationKind.all().size() - 1;
    assertThatThrownBy(() -> AggregationKind.of("sum"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the aggregator is 'sum': it must be remap, ")
        .hasMessageEndingWith(" or " + AggregationKind.all().get(last).name());
  }
}
