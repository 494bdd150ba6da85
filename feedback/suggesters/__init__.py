"""What proposes values: one file each, behind one registry that lets nothing unknown out."""
