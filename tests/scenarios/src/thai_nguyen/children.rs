//! The fourteen superiors of grassroots unions in Thái Nguyên, with their numbers.

use crate::block::Block;

/// One superior of grassroots unions, directly under the province.
pub struct Child {
    /// The district's name, or the sector union's code.
    pub place: &'static str,
    /// Unions that last, with their members on average.
    pub lasting: Block,
    /// Unions founded in the period.
    pub founded: usize,
    /// Members of each at its founding: so many and, in turn, up to so many more.
    pub founders: (u32, u32),
    /// Admissions besides those of the founders, year by year.
    pub admitted: [u32; 4],
    /// Small unions that are dissolved, and that merge into the first of the lasting ones.
    pub ending: (usize, usize),
    /// Quotas: members of the programme, unions of the programme, members of 2021, unions.
    pub quotas: [i64; 4],
}

macro_rules! block {
    ($prefix:literal, $sector:literal, $unions:literal, $members:literal) => {
        Block { prefix: $prefix, sector: $sector, unions: $unions, members: $members }
    };
}

/// The fourteen.
pub static CHILDREN: [Child; 14] = [
    Child {
        place: "Thái Nguyên",
        lasting: block!("TN-164", "NNN_CP", 14, 60),
        founded: 6,
        founders: (8, 17),
        admitted: [319, 320, 307, 100],
        ending: (5, 2),
        quotas: [1_900, 8, 330, 2],
    },
    Child {
        place: "Sông Công",
        lasting: block!("TN-165", "NNN_TNHH", 14, 60),
        founded: 4,
        founders: (9, 15),
        admitted: [260, 315, 275, 113],
        ending: (5, 2),
        quotas: [1_700, 6, 300, 1],
    },
    Child {
        place: "Định Hóa",
        lasting: block!("TN-167", "SNCL_100", 14, 60),
        founded: 3,
        founders: (8, 11),
        admitted: [358, 307, 338, 83],
        ending: (5, 2),
        quotas: [1_500, 4, 260, 1],
    },
    Child {
        place: "Phú Lương",
        lasting: block!("TN-168", "NNN_TNHH", 14, 60),
        founded: 3,
        founders: (10, 13),
        admitted: [338, 302, 242, 111],
        ending: (5, 2),
        quotas: [1_500, 4, 260, 1],
    },
    Child {
        place: "Đồng Hỷ",
        lasting: block!("TN-169", "NNN_CP", 14, 60),
        founded: 4,
        founders: (7, 16),
        admitted: [286, 315, 360, 111],
        ending: (5, 2),
        quotas: [1_600, 5, 280, 1],
    },
    Child {
        place: "Võ Nhai",
        lasting: block!("TN-170", "SNCL_100", 14, 60),
        founded: 3,
        founders: (8, 9),
        admitted: [296, 421, 306, 104],
        ending: (5, 1),
        quotas: [1_400, 4, 240, 1],
    },
    Child {
        place: "Đại Từ",
        lasting: block!("TN-171", "NNN_TNHH", 14, 60),
        founded: 5,
        founders: (9, 14),
        admitted: [285, 418, 325, 115],
        ending: (5, 1),
        quotas: [1_600, 6, 290, 1],
    },
    Child {
        place: "Phổ Yên",
        lasting: block!("TN-172", "NNN_TNHH", 14, 60),
        founded: 7,
        founders: (10, 18),
        admitted: [374, 327, 285, 84],
        ending: (5, 1),
        quotas: [2_000, 10, 360, 2],
    },
    Child {
        place: "Phú Bình",
        lasting: block!("TN-173", "NNN_TNHH", 14, 60),
        founded: 4,
        founders: (8, 12),
        admitted: [277, 294, 278, 101],
        ending: (4, 1),
        quotas: [1_600, 6, 290, 1],
    },
    Child {
        place: "CDN-19-GD",
        lasting: block!("TN-GD", "SNCL_TC", 20, 80),
        founded: 5,
        founders: (12, 9),
        admitted: [480, 706, 523, 166],
        ending: (0, 0),
        quotas: [2_600, 6, 450, 1],
    },
    Child {
        place: "CDN-19-YT",
        lasting: block!("TN-YT", "SNCL_TC", 8, 150),
        founded: 3,
        founders: (15, 8),
        admitted: [289, 280, 222, 76],
        ending: (0, 0),
        quotas: [1_300, 4, 220, 1],
    },
    Child {
        place: "CDN-19-XD",
        lasting: block!("TN-XD", "NNN_CP", 6, 90),
        founded: 2,
        founders: (11, 6),
        admitted: [185, 155, 190, 42],
        ending: (0, 0),
        quotas: [900, 3, 150, 1],
    },
    Child {
        place: "CDVC-19",
        lasting: block!("TN-VC", "HC", 12, 50),
        founded: 3,
        founders: (7, 5),
        admitted: [188, 214, 129, 57],
        ending: (0, 0),
        quotas: [900, 3, 150, 1],
    },
    Child {
        place: "CDKCN-19",
        lasting: block!("TN-KCN", "FDI_100", 14, 800),
        founded: 15,
        founders: (30, 31),
        admitted: [4_211, 6_530, 3_337, 1_200],
        ending: (0, 0),
        quotas: [25_700, 26, 4_420, 5],
    },
];

/// Members of a small union that ends, on average.
const ENDING_MEMBERS: u32 = 14;

impl Child {
    /// The code of its federation in the register.
    pub fn code(
        &self,
        district: impl Fn(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<String> {
        match self.place.starts_with("CD") {
            true => Ok(self.place.to_string()),
            false => district(self.place),
        }
    }

    /// The small unions that end in the period.
    pub fn ending_block(&self) -> Block {
        Block {
            unions: self.ending.0 + self.ending.1,
            members: ENDING_MEMBERS,
            sector: "NNN_TN",
            ..self.lasting
        }
    }

    /// The code of one of them.
    pub fn ending_code(&self, n: usize) -> String {
        format!("CDCS-{}-K{:02}", self.lasting.prefix, n + 1)
    }

    /// Members of the n-th union at its founding.
    pub fn founders(&self, n: usize) -> u32 {
        let (least, more) = self.founders;
        least + (n as u32 * 7) % more
    }
}
