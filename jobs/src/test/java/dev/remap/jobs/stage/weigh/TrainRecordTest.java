package dev.remap.jobs.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.training.Tuple;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.row.MinedRow.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainRecordTest {
  @Test
  void tuplesAreRowsAndImagesWithoutAGroupHaveNone() {
    List<WeighImage> sample =
        List.of(image("a"), image("b"), image("c"), image("d"), image("e"), image("f"));
    int[] groups = {1, 0, 1, -1, -7, 0};
    TrainImages images =
        new TrainImages(List.of(), sample, groups, List.of("zero", "one"), null, 0);

    assertThat(
            TrainRecord.rows(
                List.of(new Tuple(2, 0, List.of(4, 5, 3)), new Tuple(1, 5, List.of())), images))
        .containsExactly(
            new MinedRow(0, Role.QUERY, 0, "c", "one"),
            new MinedRow(0, Role.POSITIVE, 0, "a", "one"),
            new MinedRow(0, Role.NEGATIVE, 1, "e", ""),
            new MinedRow(0, Role.NEGATIVE, 2, "f", "zero"),
            new MinedRow(0, Role.NEGATIVE, 3, "d", ""),
            new MinedRow(1, Role.QUERY, 0, "b", "zero"),
            new MinedRow(1, Role.POSITIVE, 0, "f", "zero"));
  }

  private static WeighImage image(String id) {
    return new WeighImage(new CopyQuery.Original(0, id, "", "", null), null);
  }
}
