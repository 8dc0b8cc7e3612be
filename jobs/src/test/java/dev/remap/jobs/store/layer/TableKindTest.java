package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Inputs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableKindTest {
  @Test
  void putsEverythingWhereTheDesignHasIt() {
    assertThat(TableKind.SNAPSHOTS.only().layer(7).folder()).isEqualTo("snapshots/00000007");
    LayerId descriptors = TableKind.DESCRIPTORS.of("x").layer("00000007-compacted");
    assertThat(descriptors.folder()).isEqualTo("descriptors/x/00000007-compacted");
    assertThat(descriptors.folder("descriptors")).isEqualTo(descriptors.folder());
    assertThat(descriptors.folder("moments")).isEqualTo("moments/x/00000007-compacted");
    assertThat(descriptors.folder("rejects")).isEqualTo("rejects/x/00000007-compacted");
    assertThat(TableKind.VECTORS.of("w").layer(7).folder()).isEqualTo("vectors/w/00000007");
    assertThat(TableKind.SHARDS.of("i").layer(7).folder()).isEqualTo("indexes/i/00000007");
    assertThat(TableKind.GRAPHS.of("i-k5").layer(7).folder()).isEqualTo("graphs/i-k5/00000007");
  }

  @ParameterizedTest
  @CsvSource({
    "snapshots/00000003, SNAPSHOTS, '', 3, false",
    "snapshots/00000003/records/u000001.json, SNAPSHOTS, '', 3, false",
    "descriptors/x/00000012-merged, DESCRIPTORS, x, 12, true",
    "vectors/w/00000012-compacted, VECTORS, w, 12, true",
    "indexes/photos/00000001, SHARDS, photos, 1, false",
  })
  void aLayerIsKnownByItsFolder(
      String path, TableKind kind, String id, int number, boolean isMerged) {
    LayerId layer = LayerId.of(path).orElseThrow();

    assertThat(layer.table()).isEqualTo(new TableId(kind, id));
    assertThat(layer.number()).isEqualTo(number);
    assertThat(layer.isMerged()).isEqualTo(isMerged);
    assertThat(path).startsWith(layer.folder());
    assertThat(layer.raw()).isEqualTo(layer.table().layer(number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "snapshots",
        "snapshots/copy",
        "descriptors/x",
        "moments/x/00000001",
        "extractors/x/00000001",
        "indexes/i/published",
        "runs/00000001"
      })
  void whatIsNoLayerIsNone(String path) {
    assertThat(LayerId.of(path)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void everyKindIsFoundByItsFoldersAndRows(TableKind kind) {
    assertThat(kind.folders()).allMatch(it -> TableKind.ofFolder(it).orElseThrow() == kind);
    assertThat(TableKind.ofRows(kind.rows())).contains(kind);
    assertThat(kind.layered()).allMatch(it -> kind.layered(it, 3).table().equals(it));
    assertThat(TableKind.allRows()).contains(kind.rows()).doesNotHaveDuplicates();
    assertThat(kind.format(kind.rows(), 3).isPresent()).isEqualTo(kind != TableKind.SHARDS);
  }

  @Test
  void aFormatWithVectorsNeedsTheirDimension() {
    assertThat(TableKind.DESCRIPTORS.format("descriptors", 0)).isEmpty();
    assertThat(TableKind.DESCRIPTORS.format("moments", 0)).isEmpty();
    assertThat(TableKind.DESCRIPTORS.format("rejects", 0)).isPresent();
    assertThat(TableKind.SNAPSHOTS.format("snapshot", 0)).isPresent();
  }

  @Test
  void aLayerTellsWhatItIsMadeFrom() {
    Inputs inputs =
        Inputs.of(Inputs.EXTRACTOR, "x")
            .with(Inputs.WHITENING, "w")
            .with(Inputs.SNAPSHOT, "00000005");

    assertThat(TableKind.SNAPSHOTS.only().layer(5).source(inputs)).isEmpty();
    assertThat(TableKind.DESCRIPTORS.of("x").layer(5).source(Inputs.NONE))
        .contains(TableKind.SNAPSHOTS.only().layer(5));
    assertThat(TableKind.VECTORS.of("w").layer("00000005-merged").source(inputs))
        .contains(TableKind.DESCRIPTORS.of("x").layer(5));
    assertThat(TableKind.SHARDS.of("i").layer(2).source(inputs))
        .contains(TableKind.VECTORS.of("w").layer(5));
    Inputs found = inputs.with(Inputs.INDEX, "i").with(Inputs.GRAPH, "graphs/g/00000002");
    assertThat(TableKind.GRAPHS.of("g").layer(2).source(found))
        .contains(TableKind.SHARDS.of("i").layer(2));
    assertThat(TableKind.DUPLICATES.of("d").layer(2).source(found))
        .contains(TableKind.GRAPHS.of("g").layer(2));
    assertThat(TableKind.CLEANED.of("c").layer(2).source(found))
        .contains(TableKind.GRAPHS.of("g").layer(2));
    assertThat(TableKind.FLOWS.of("f").layer(2).source(found))
        .contains(TableKind.GRAPHS.of("g").layer(2));
    assertThat(TableKind.VECTORS.of("w").origin()).isEqualTo(Map.of("whitening", "w"));
  }

  @Test
  void aTableHasAnIdWhereThereAreSeveral() {
    Arrays.stream(TableKind.values())
        .forEach(
            kind ->
                assertThatThrownBy(() -> new TableId(kind, kind.isNamed() ? "" : "x"))
                    .isInstanceOf(IllegalArgumentException.class));
  }

  /** A ledger may name its extractor in full, where segments and folders have its id. */
  @Test
  void segmentsAreOfTheArtifactThatNamesTheirTable() {
    Inputs inputs = Inputs.of(Inputs.EXTRACTOR, "0123abcd".repeat(8)).with(Inputs.LISTING, "l");
    Ledger ledger = new Ledger("descriptors/0123abcd0123abcd/00000001", inputs, List.of());

    assertThat(ledger.origin())
        .isEqualTo(Map.of(Inputs.EXTRACTOR, "0123abcd0123abcd", Inputs.LISTING, "l"));
  }
}
