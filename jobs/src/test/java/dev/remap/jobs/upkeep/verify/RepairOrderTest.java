package dev.remap.jobs.upkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.Weights;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order a repair prints its commands. */
class RepairOrderTest {
  /** One that has no place would be printed first, before what it needs. */
  @Test
  void whateverMakesAFileHasItsPlaceAfterWhatItNeeds() {
    for (String folder :
        List.of(
            "snapshots",
            Weights.FOLDER,
            RegionWhitenings.FOLDER,
            "extractors",
            "descriptors",
            "whitenings",
            "vectors",
            "quantizers",
            "indexes",
            "graphs",
            "duplicates",
            "cleaned")) {
      assertThat(RebuildCommand.stages(folder + "/x/00000001/y"))
          .as("%s", folder)
          .isNotEmpty()
          .isSubsetOf(Repair.STAGES);
    }
    assertThat(Repair.STAGES).containsSubsequence("snapshot", "whiten-regions", "extract");
  }
}
